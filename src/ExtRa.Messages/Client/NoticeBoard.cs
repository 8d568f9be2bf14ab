using System.Globalization;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace ExtRa.Messages.Client;

/// <summary>
/// Notices of the CA in the table <c>publication</c>, signed like a message but for everybody to read. The signature
/// covers name, version and end: a row that was made up, moved or put back is told from a new one.
/// </summary>
/// <param name="store">The table.</param>
/// <param name="trust">Whose notices are believed.</param>
/// <param name="clock">Now.</param>
public sealed class NoticeBoard(IPublicationStore store, ServiceTrust trust, TimeProvider clock)
{
    private const int KeptVersions = 2;

    private readonly MessageOpener opener = new(new MessageJson(SubMessageCatalog.BuiltIn), keyStore: null);

    /// <summary>The newest notice; null while there is none. A refusal where the row is not from the CA, or has run out.</summary>
    /// <exception cref="MessageStoreUnavailableException">The database cannot be reached.</exception>
    public async Task<Outcome<PostedNotice<T>>?> FindAsync<T>(string name, CancellationToken cancel)
        where T : Notice =>
        await store.FindNewestAsync(name, cancel) is { } row ? Open<T>(row) : default(Outcome<PostedNotice<T>>?);

    /// <summary>Signs a notice and makes it known as the next version.</summary>
    /// <param name="signer">The worker's key, with digitalSignature.</param>
    /// <param name="name">Its name.</param>
    /// <param name="notice">The notice.</param>
    /// <param name="cancel">Cancels.</param>
    /// <returns>False where somebody was faster, or the newest row is of a version that nothing can follow: somebody else made it.</returns>
    /// <exception cref="MessageStoreUnavailableException">The database cannot be reached.</exception>
    public async Task<bool> PostAsync(KeyStore signer, string name, Notice notice, CancellationToken cancel)
    {
        long newest = (await store.FindNewestAsync(name, cancel))?.Version ?? 0;
        if (newest == long.MaxValue)
        {
            return false;
        }

        DateTimeOffset now = clock.GetUtcNow();
        long version = Math.Max(newest + 1, now.ToUnixTimeMilliseconds()); // of the clock, so that it grows even where rows were removed
        string content = new MessageSealer(signer, clock).Seal(
            new()
            {
                Kind = MessageKind.Notice,
                UniqueId = name,
                MessageId = TextOf(version),
                Type = MessageType.Cmp,
                Created = now,
                SubMessages = [notice],
            },
            new Protection(Signed: true, Encrypted: false),
            recipient: null);
        bool posted = await store.PublishAsync(new(name, version, now, notice.NotAfter, content), cancel);
        await store.PruneAsync(name, KeptVersions, cancel);
        return posted;
    }

    private Outcome<PostedNotice<T>> Open<T>(Publication row)
        where T : Notice
    {
        var identity = new RowIdentity(row.Name, TextOf(row.Version), MessageType.Cmp, MessageKind.Notice);
        if (!opener.Open(identity, row.Content).Succeeded(out OpenedMessage? opened, out Refusal? refusal)
            || !trust.Check(opened.Signer, clock.GetUtcNow()).Succeeded(out _, out refusal))
        {
            return refusal;
        }

        return opened.Content.SubMessages is not [T notice] ? new Refusal(RefusalCode.Malformed, $"It is no {typeof(T).Name}.")
            : notice.NotAfter < clock.GetUtcNow() ? new Refusal(RefusalCode.Expired, $"It counted until {notice.NotAfter:u}.")
            : new PostedNotice<T>(row.Version, opened.Content.Created, notice);
    }

    private static string TextOf(long version) => version.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A notice that was verified.</summary>
/// <param name="Version">Grows with each one of its name.</param>
/// <param name="Created">When it was signed.</param>
/// <param name="Notice">What it says.</param>
public sealed record PostedNotice<T>(long Version, DateTimeOffset Created, T Notice)
    where T : Notice;
