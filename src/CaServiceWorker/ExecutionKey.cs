using System.Security.Cryptography;
using System.Text;
using Ca.Core.Ledger;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;

namespace CaServiceWorker;

/// <summary>What makes two messages one request, which is executed once (ARCHITECTURE.md 5).</summary>
internal static class ExecutionKey
{
    /// <summary>The key of the first part.</summary>
    /// <param name="message">The row.</param>
    /// <param name="opened">What was in it.</param>
    /// <param name="isBound">True for a format whose signed header names the row.</param>
    /// <remarks>
    /// What was signed is the request, whatever was changed around it since (FLAWS.md B4): in its own row where
    /// it names one, in whatever row and database where it does not. An unsigned request is what its column holds. That of
    /// a legacy row only until the row is answered: the same text written again then is a new request, as when a device
    /// tries once more after a failure. No other row has a second life, whatever stands in its digest column.
    /// </remarks>
    public static InboxKey Of(ClaimedMessage message, OpenedMessage opened, bool isBound) => (opened.SignedDigest, isBound) switch
    {
        ({ } signed, true) => new(message.UniqueId, signed, 0),
        ({ } signed, false) => new("signed-" + Convert.ToHexStringLower(signed), signed, 0),
        (null, false) when message.HasLivedBefore => new(message.UniqueId, SHA256.HashData(Encoding.UTF8.GetBytes($"{message.RequestDigest}\n{message.Message}")), 0),
        _ => new(message.UniqueId, MessageIds.ColumnHash(message.Message), 0),
    };
}
