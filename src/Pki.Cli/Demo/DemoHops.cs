using Ca.Core.Audit;
using ExtRa.Messages.Store;
using Pki.Cli.Configuration;
using Pki.Cli.Output;
using Pki.Protocols.X509;

namespace Pki.Cli.Demo;

/// <summary>Tells where a request has been and when, from what each hop has written down.</summary>
internal sealed class DemoHops(DemoConfig config, CaSession ca, Terminal terminal, Printer printer)
{
    private const int MessagesOfATransaction = 10;

    /// <summary>One line of one hop.</summary>
    public void Tell(string who, string what) => printer.Say($"  {who,-9}  {what}");

    /// <summary>Tells the way of the first message of a transaction.</summary>
    /// <param name="frontEnd">Who took it in, and what it did to it.</param>
    /// <param name="messageId">The transaction as the message database has it.</param>
    /// <param name="issued">What came of it.</param>
    /// <param name="sent">When it was sent; the times are told from here.</param>
    /// <param name="cancel">Cancels.</param>
    public async Task TellAsync((string Name, string Did) frontEnd, string messageId, Certificate issued, DateTimeOffset sent, CancellationToken cancel)
    {
        await using MessageDatabase messages = MessageDatabase.Open(new MessageStoreOptions { ConnectionString = config.MessageDatabase, UseDoorbell = false }, terminal.Clock);
        IReadOnlyList<MessageRow> rows = await messages.Messages.ListAsync(new MessageFilter(MessageId: messageId, Limit: MessagesOfATransaction), cancel);
        if (rows.MinBy(row => row.CreateTime) is not { } row)
        {
            return;
        }

        AuditView? committed = (await ca.Audit.ListAsync(new AuditFilter { SearchDetail1 = issued.Serial.ToString(), Limit = 10 }, cancel))
            .FirstOrDefault(record => record.Entry.Event == AuditEvents.CertCreation);
        Tell(frontEnd.Name, $"{frontEnd.Did} and stored it as {row.UniqueId[..11]}… after {Since(row.CreateTime)}");
        if (committed is not null)
        {
            Tell("CA", $"fetched it, checked, planned and signed; committed after {Since(committed.At.ToUnixTimeMilliseconds())}");
        }

        Tell("CA", $"put the sealed answer into the row after {Since(row.ModifyTime)}");

        string Since(long milliseconds) => Texts.Milliseconds(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) - sent);
    }
}
