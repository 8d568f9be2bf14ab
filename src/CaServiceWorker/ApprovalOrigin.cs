using Ca.Core.Approvals;
using Ca.Core.Ledger;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Store;

namespace CaServiceWorker;

/// <summary>What people who approve see of a message, and what wakes it afterwards.</summary>
internal static class ApprovalOrigin
{
    public static WorkOrigin Of(Worker worker, ClaimedMessage message, InboxKey key) => new()
    {
        Source = worker.Name,
        Approvals = worker.Options.Approvals,
        Message = new(worker.Options.DataSource, key, Printable.Of(message.MessageId), message.Type.ToString(), RequestCode.Find(message.RequestDigest)),
    };
}
