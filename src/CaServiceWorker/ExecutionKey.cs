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
    /// <remarks>
    /// A native message names its row: row and column are the request. A signed legacy message names no row: what was
    /// signed is the request, in whatever row and database it comes again (FLAWS.md B4). An unsigned legacy message is
    /// what its row holds, until the row is answered; the same text written again then is a new request, as when a
    /// device tries once more after a failure.
    /// </remarks>
    public static InboxKey Of(ClaimedMessage message, OpenedMessage opened)
    {
        if (opened.SignedDigest is { } signed)
        {
            return new("signed-" + Convert.ToHexStringLower(signed), signed, 0);
        }

        return message.HasLivedBefore
            ? new(message.UniqueId, SHA256.HashData(Encoding.UTF8.GetBytes($"{message.RequestDigest}\n{message.Message}")), 0)
            : new(message.UniqueId, MessageIds.ColumnHash(message.Message), 0);
    }
}
