using Ca.Core.Approvals;
using Ca.Core.Ledger;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Store;

namespace CaServiceWorker;

/// <summary>What people who approve see of a message, and what wakes it afterwards.</summary>
internal static class ApprovalOrigin
{
    private const int CodeDigits = 10;

    public static WorkOrigin Of(Worker worker, ClaimedMessage message, InboxKey key) => new()
    {
        Source = worker.Name,
        Approvals = worker.Options.Approvals,
        Message = new(worker.Options.DataSource, key, Printable.Of(message.MessageId), message.Type.ToString(), CodeOf(message.RequestDigest)),
    };

    /// <summary>The code that the front end shows for the request. Whoever owns the message database could change it, so it finds requests and proves nothing.</summary>
    private static string? CodeOf(string? digest) =>
        digest is { Length: >= CodeDigits } && digest.Take(CodeDigits).All(char.IsAsciiHexDigit) ? RequestCode.Of(digest) : null;
}
