using Pki.PrivateServers;
using TestKit;

namespace ExtRa.Messages.Store;

[TestClass, NeedsTool("mariadbd", "mariadb-install-db", "mariadb")]
public sealed class MariaDbMessageStoreTests : MessageStoreContract
{
    protected override MessageDialect Dialect => MessageDialect.MariaDb;

    [TestMethod]
    [DataRow("Server=db.example;User ID=u;Password=hush", DisplayName = "no TLS asked for")]
    [DataRow("Server=10.1.2.3;User ID=u;Password=hush;SslMode=Required", DisplayName = "TLS with whomever")]
    public void A_remote_server_that_cannot_be_verified_is_refused(string connection)
    {
        ArgumentException refused = Assert.ThrowsExactly<ArgumentException>(() => Open(connection));

        Assert.Contains("SslMode=VerifyFull", refused.Message);
        Assert.DoesNotContain("hush", refused.Message);
    }

    [TestMethod]
    public async Task A_remote_server_is_accepted_when_verified_or_explicitly_allowed()
    {
        await Open("Server=db.example;User ID=u;Password=p;SslMode=VerifyFull").DisposeAsync();
        await Open("Server=db.example;User ID=u;Password=p", options => options.AllowUnverifiedServer = true).DisposeAsync();
    }

    /// <summary>What the row holds is compared with what was read from it, and legacy tables are seldom in UTF-8.</summary>
    [TestMethod]
    public async Task A_row_with_characters_of_a_legacy_table_is_answered()
    {
        string legacy = await NewLegacyDatabaseAsync();
        await using MessageDatabase here = Open(legacy);
        await here.CreateSchemaAsync(Cancel);
        await RunAsync(legacy, "insert into message (uniqueId, createtime, message, messageid, modifytime, status, type) values ('11', 7, concat('<java>', convert(unhex('E9') using latin1)), 'm', 7, 1, 1)");
        ClaimedMessage claimed = (await here.Messages.ClaimAsync(new("worker", Lease, 1, [MessageType.ExtRa]), Cancel)).Single();
        Assert.AreEqual("<java>é", claimed.Message);
        Assert.IsTrue(await here.Messages.AnswerAsync(AnswerTo(claimed) with { RequestMessage = claimed.Message }, Cancel));
    }

    protected override async Task<string> NewDatabaseAsync()
    {
        string database = await TestDatabases.NewMariaDbAsync(Cancel);
        await using MessageDatabase fresh = Open(database);
        await fresh.CreateSchemaAsync(Cancel);
        return database;
    }

    protected override async Task<string> NewLegacyDatabaseAsync()
    {
        string database = await TestDatabases.NewMariaDbAsync(Cancel);
        await RunAsync(database, "create table message (uniqueId varchar(250) not null, createtime bigint not null, message longtext, messageid varchar(255), modifytime bigint not null, status integer not null, type integer not null, primary key (uniqueId)) charset latin1; create index message_idx1 on message (status)");
        return database;
    }

    protected override Task<string> RunAsync(string database, string sql) => TestDatabases.RunMariaDbAsync(database, sql, Cancel);

    protected override async Task<OwnServer> StartServerAsync()
    {
        PrivateMariaDb server = await TestDatabases.OwnMariaDbAsync(Cancel);
        await server.ExecuteAsync("create database store", Cancel);
        return new(server.ConnectionString("store"), () => server.StopAsync(Cancel), () => server.StartAgainAsync(Cancel), server);
    }

    protected override async Task<string> ExplainClaimAsync(string database)
    {
        string[] searches = new Sql("mariadb")["claim_candidates"].Replace("@type", "2", StringComparison.Ordinal).Replace("@limit", "16", StringComparison.Ordinal).Split(';');
        return await RunAsync(database, string.Join(';', searches.Select(search => "explain " + search)));
    }
}
