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
