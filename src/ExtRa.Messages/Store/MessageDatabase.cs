using ExtRa.Messages.Store.MariaDb;
using ExtRa.Messages.Store.PostgreSql;

namespace ExtRa.Messages.Store;

/// <summary>
/// An open message database: the mailbox, its doorbell, the publications and the challenges. Opening it connects to
/// nothing yet. One for each database and process; everything in it may be used from any thread.
/// </summary>
public sealed class MessageDatabase : IAsyncDisposable
{
    private readonly SqlDatabase database;
    private readonly MessageStore messages;
    private readonly List<PostgreSqlListener> listeners = [];
    private bool disposed;

#pragma warning disable CA2000 // what is made here is owned by this object and disposed with it
    private MessageDatabase(MessageStoreOptions options, TimeProvider time)
    {
        bool rings = options is { Dialect: MessageDialect.PostgreSql, UseDoorbell: true };
        PollingPace NewPace() => rings ? PollingPace.Steady(options.PollInterval) : PollingPace.Adaptive();
        PollingPace workerPace = NewPace();
        MessageTable table;
        if (options.Dialect == MessageDialect.PostgreSql)
        {
            var postgreSql = new PostgreSqlDatabase(options);
            (database, table) = (postgreSql, new PostgreSqlMessageTable(postgreSql, options.LegacyText));
        }
        else
        {
            var mariaDb = new MariaDbDatabase(options);
            (database, table) = (mariaDb, new MariaDbMessageTable(mariaDb));
        }

        var requests = new RequestBell(workerPace, () => ListenTo(0), time);
        var waiters = new AnswerWaiters(table.FindDecidedAsync, NewPace(), () => ListenTo(1), time);
        if (rings)
        {
            string connectionString = ((PostgreSqlDatabase)database).ListenConnectionString;
            listeners.Add(new(connectionString, PostgreSqlMessageTable.RequestChannel, _ => requests.Ring(), requests.Ring, time));
            listeners.Add(new(connectionString, PostgreSqlMessageTable.AnswerChannel, payload => waiters.Ring(payload.Split(',')), waiters.RingAll, time));
        }

        messages = new MessageStore(table, waiters, workerPace, options.LargestBatch);
        NewRequests = requests;
        Publications = new PublicationStore(database);
        Challenges = new ChallengeStore(database);
    }
#pragma warning restore CA2000

    /// <summary>The mailbox.</summary>
    public IMessageStore Messages => messages;

    /// <summary>Rings when new requests may be there.</summary>
    public IDoorbell NewRequests { get; }

    /// <summary>What the worker makes known.</summary>
    public IPublicationStore Publications { get; }

    /// <summary>One-time SCEP challenges.</summary>
    public IChallengeStore Challenges { get; }

    /// <summary>Prepares to use a message database.</summary>
    /// <exception cref="ArgumentException">The connection string is wrong, or would send a password to an unverified server.</exception>
    public static MessageDatabase Open(MessageStoreOptions options, TimeProvider time) => new(options, time);

    /// <summary>Creates tables and indexes, or adds what is missing to those that legacy programs made.</summary>
    public Task CreateSchemaAsync(CancellationToken cancel) => database.CreateSchemaAsync(cancel);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, true))
        {
            return;
        }

        foreach (PostgreSqlListener listener in listeners)
        {
            await listener.DisposeAsync();
        }

        await messages.DisposeAsync();
        await database.DisposeAsync();
    }

    private void ListenTo(int channel) => listeners.ElementAtOrDefault(channel)?.Start();
}
