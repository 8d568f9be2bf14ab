using System.Security.Cryptography;
using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Store;
using Pki.Protocols.Trust;

namespace ExtRa.Legacy.Client;

/// <summary>How a legacy CA takes our messages.</summary>
public enum LegacyCaVerdict
{
    /// <summary>It read the request, and its answer is believed.</summary>
    Reads,

    /// <summary>It answered, but the answer is not believed: it is not signed, by somebody else, not encrypted, or not readable.</summary>
    AnswersUnbelievably,

    /// <summary>
    /// It put the request back unread. A CA of version 6.3.0 does so with everything that is signed (FLAWS.md F13); any
    /// other with what it does not trust or cannot decrypt.
    /// </summary>
    PutsBackUnread,

    /// <summary>It took the request and fell silent, as legacy CAs do with signers that they know and refuse (SEMANTICS.md 2.6).</summary>
    TookAndFellSilent,

    /// <summary>Nobody took the request.</summary>
    TakesNothing,
}

/// <summary>
/// Asks a legacy CA something harmless, the key store of a user who does not exist, and tells from what becomes of the
/// row whether it understands us. A legacy CA itself never says that it cannot read a message. The row is removed again.
/// </summary>
/// <param name="store">The message database.</param>
/// <param name="link">The link to try.</param>
/// <param name="clock">Now.</param>
public sealed class LegacyCaCheck(IMessageStore store, ExtRaLink link, TimeProvider clock)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    /// <summary>Asks and waits.</summary>
    /// <returns>The verdict, and where the answer was not believed why.</returns>
    public async Task<(LegacyCaVerdict Verdict, Refusal? Reason)> RunAsync(TimeSpan timeout, CancellationToken cancel)
    {
        string nobody = "link-check-" + RandomNumberGenerator.GetHexString(16, lowercase: true);
        using Secret secret = Secret.FromText(RandomNumberGenerator.GetHexString(32));
        var client = new ExtRaClient(store, link);
        SentMessage sent = await client.SubmitAsync([new KeyStoreRetrievalRequest { RequestId = 1, Username = nobody, Password = secret }], cancel);
        try
        {
            return await WatchAsync(sent, timeout, cancel);
        }
        finally
        {
            await RemoveAsync(sent.Id);
        }
    }

    private async Task<(LegacyCaVerdict Verdict, Refusal? Reason)> WatchAsync(SentMessage sent, TimeSpan timeout, CancellationToken cancel)
    {
        MessageRow? first = await store.FindAsync(sent.Id.UniqueId, cancel);
        long started = clock.GetTimestamp();
        while (true)
        {
            MessageRow? row = await store.WaitForAnswerAsync(sent.Id.UniqueId, Look, cancel);
            if (row is { Status: MessageStatus.Processed })
            {
                return link.OpenAnswer(row, sent.Sealed).Succeeded(out _, out Refusal? refusal)
                    ? (LegacyCaVerdict.Reads, null)
                    : (LegacyCaVerdict.AnswersUnbelievably, refusal);
            }

            // What is put back gets a new createtime (WIRE.md 1.4); nobody else changes that of a row.
            if (row is not null && first is not null && row.CreateTime > first.CreateTime)
            {
                return (LegacyCaVerdict.PutsBackUnread, null);
            }

            if (clock.GetElapsedTime(started) >= timeout)
            {
                return (row is { Status: MessageStatus.InProcess } ? LegacyCaVerdict.TookAndFellSilent : LegacyCaVerdict.TakesNothing, null);
            }
        }
    }

    // A CA that cannot read the row would put it back for ever, and two of them make it look without end (FLAWS.md F3).
    private async Task RemoveAsync(RequestId id)
    {
        try
        {
            await store.RemoveAsync(id.UniqueId, id.MessageId, CancellationToken.None);
        }
        catch (MessageStoreUnavailableException)
        {
            // This role may not, or the database is away: the row is left to whoever clears the table.
        }
    }
}
