using System.Security.Cryptography;
using System.Text;
using TestKit;

namespace ExtRa.Messages.Store;

/// <summary>What every message store does, whatever the database. Its other files hold the tests, by subject.</summary>
public abstract partial class MessageStoreContract
{
    protected static readonly TimeSpan Soon = Eventually.Patience;
    protected static readonly TimeSpan Long = TimeSpan.FromHours(1); // a wait that ends because something came, not because it is over
    protected static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);
    private static readonly MessageType[] AllTypes = [MessageType.ExtRa, MessageType.Scep, MessageType.Cmp];
    private MessageDatabase? database;
    private string connectionString = "";

    public TestContext TestContext { get; set; } = null!;

    protected abstract MessageDialect Dialect { get; }

    protected CancellationToken Cancel => TestContext.CancellationToken;

    protected MessageDatabase Database => database!;

    protected IMessageStore Store => database!.Messages;

    [TestInitialize]
    public async Task BeginWithAFreshDatabaseAsync()
    {
        connectionString = await NewDatabaseAsync();
        database = Open(connectionString);
    }

    [TestCleanup]
    public async Task LetGoOfItAsync()
    {
        if (database is not null)
        {
            await database.DisposeAsync();
        }
    }

    /// <summary>A new database with our schema.</summary>
    protected abstract Task<string> NewDatabaseAsync();

    /// <summary>A new database with the table that legacy programs make.</summary>
    protected abstract Task<string> NewLegacyDatabaseAsync();

    /// <summary>Runs SQL beside the store.</summary>
    protected abstract Task<string> RunAsync(string database, string sql);

    /// <summary>A server for this test alone.</summary>
    protected abstract Task<OwnServer> StartServerAsync();

    /// <summary>The plan of the claim, as the database explains it.</summary>
    protected abstract Task<string> ExplainClaimAsync(string database);

    protected Task<string> RunAsync(string sql) => RunAsync(connectionString, sql);

    /// <summary>Opens a database with a doorbell that has to work: without it, a wait takes an hour.</summary>
    protected MessageDatabase Open(string database, Action<MessageStoreOptions>? change = null)
    {
        var options = new MessageStoreOptions { Dialect = Dialect, ConnectionString = database, PollInterval = TimeSpan.FromHours(1) };
        change?.Invoke(options);
        return MessageDatabase.Open(options, TimeProvider.System);
    }

    protected static string DigestOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    protected static NewMessage Request(string messageId, string content = "c2VhbGVk", MessageType type = MessageType.Scep) =>
        new($"x2-{DigestOf(messageId + type)}", messageId, type, content, DigestOf(content));

    protected async Task<string> CreateAsync(string messageId, MessageType type = MessageType.Scep)
    {
        NewMessage request = Request(messageId, type: type);
        Assert.AreEqual(CreateResult.Created, await Store.CreateAsync(request, Cancel));
        return request.UniqueId;
    }

    protected Task<IReadOnlyList<ClaimedMessage>> ClaimAsync(string owner = "worker", int limit = 10, params MessageType[] types) =>
        Store.ClaimAsync(new(owner, Lease, limit, types.Length == 0 ? AllTypes : types), Cancel);

    protected static MessageAnswer AnswerTo(ClaimedMessage claimed, string owner = "worker", string text = "YW5zd2Vy") =>
        new(claimed.UniqueId, owner, claimed.Epoch, null, text);

    protected async Task<MessageRow> RowAsync(string uniqueId) => await Store.FindAsync(uniqueId, Cancel) ?? throw new AssertFailedException("There is no such row.");

    /// <summary>A database server that a test may stop.</summary>
    protected sealed record OwnServer(string ConnectionString, Func<Task> StopAsync, Func<Task> StartAsync, IAsyncDisposable Server) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
