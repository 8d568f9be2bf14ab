using Npgsql;
using Pki.PrivateServers;
using TestKit;

namespace ExtRa.Messages.Store;

[TestClass, NeedsTool("postgres", "initdb")]
public sealed class PostgreSqlMessageStoreTests : MessageStoreContract
{
    protected override MessageDialect Dialect => MessageDialect.PostgreSql;

    [TestMethod]
    public async Task The_doorbell_comes_back_by_itself_when_its_connection_breaks()
    {
        string uniqueId = await CreateAsync("transaction 1");
        Task<MessageRow?> wait = Store.WaitForAnswerAsync(uniqueId, Soon, Cancel);
        await Eventually.BecomesTrueAsync(async _ => await KillListenersAsync() > 0, Soon, Cancel, "the doorbell listens");

        await Store.AnswerAllAsync([AnswerTo((await ClaimAsync())[0])], Cancel);

        Assert.AreEqual(MessageStatus.Processed, (await wait)!.Status);
    }

    [TestMethod]
    public async Task A_front_ends_role_can_neither_change_nor_remove_a_message_and_a_workers_cannot_make_one_up()
    {
        string database = await NewDatabaseAsync();
        await RunAsync(database, await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "roles.sql"), Cancel));
        await using MessageDatabase frontEnd = Open(AsRole(database, "pki_ra"));
        await using MessageDatabase worker = Open(AsRole(database, "pki_worker"));
        NewMessage request = Request("transaction 1");

        await frontEnd.Messages.CreateAsync(request, Cancel);
        await RefusedAsync(() => worker.Messages.CreateAsync(Request("made up"), Cancel));
        await RefusedAsync(() => frontEnd.Messages.ClaimAsync(new("ra", Lease, 1, [MessageType.Scep]), Cancel));
        await RefusedAsync(() => frontEnd.Messages.PurgeAsync(TimeSpan.Zero, 1, Cancel));
        await RefusedAsync(() => frontEnd.Publications.PublishAsync(new("crl", 1, default, default, "forged"), Cancel));
        await RefusedAsync(() => frontEnd.Challenges.AddAsync("scep", DigestOf("x"), null, Lease, Cancel));

        ClaimedMessage claimed = (await worker.Messages.ClaimAsync(new("worker", Lease, 1, [MessageType.Scep]), Cancel))[0];
        await worker.Messages.AnswerAllAsync([AnswerTo(claimed)], Cancel);
        Assert.AreEqual(MessageStatus.Processed, (await frontEnd.Messages.WaitForAnswerAsync(request.UniqueId, Soon, Cancel))!.Status);
        await worker.Challenges.AddAsync("scep", DigestOf("x"), null, Lease, Cancel);
        Assert.IsTrue(await frontEnd.Challenges.ConsumeAsync("scep", DigestOf("x"), request.UniqueId, Cancel));
        Assert.AreEqual(1, await worker.Messages.PurgeAsync(TimeSpan.FromSeconds(-5), 10, Cancel));
        await worker.Messages.ExpireAsync(TimeSpan.Zero, 10, Cancel);
        await worker.Challenges.PurgeAsync(TimeSpan.Zero, 10, Cancel);
    }

    [TestMethod]
    [DataRow("attempts", "2147483647")]
    [DataRow("status", "3")]
    [DataRow("createtime", "0")]
    [DataRow("modifytime", "0")]
    [DataRow("leaseowner", "'me'")]
    [DataRow("leaseuntil", "9000000000000")]
    [DataRow("notbefore", "1")]
    public async Task A_front_ends_role_does_not_say_how_far_its_message_is(string column, string value)
    {
        string database = await NewDatabaseAsync();
        await RunAsync(database, await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "roles.sql"), Cancel));
        await using var connection = new NpgsqlConnection(AsRole(database, "pki_ra"));
        await connection.OpenAsync(Cancel);
#pragma warning disable CA2100 // the texts above
        await using var command = new NpgsqlCommand($"insert into message (uniqueid, messageid, type, message, {column}) values ('x2-1', 'm', 2, 'AAAA', {value})", connection);
#pragma warning restore CA2100
        PostgresException refused = await Assert.ThrowsExactlyAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Cancel));
        Assert.AreEqual(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    protected override Task<string> NewDatabaseAsync() => TestDatabases.NewPostgreSqlAsync("message store", CreateSchemaAsync, Cancel);

    protected override async Task<string> NewLegacyDatabaseAsync()
    {
        string database = await TestDatabases.NewPostgreSqlAsync(Cancel);
        await RunAsync(database, "create table message (uniqueId varchar(250) not null, createtime int8 not null, message text, messageid varchar(255), modifytime int8 not null, status int4 not null, type int4 not null, primary key (uniqueId)); create index message_idx1 on message (status)");
        return database;
    }

    protected override Task<string> RunAsync(string database, string sql) => TestDatabases.RunPostgreSqlAsync(database, sql, Cancel);

    protected override async Task<OwnServer> StartServerAsync()
    {
        PrivatePostgreSql server = await TestDatabases.OwnPostgreSqlAsync(Cancel);
        return new(server.ConnectionString(), () => server.StopAsync(Cancel), () => server.StartAgainAsync(Cancel), server);
    }

    protected override async Task<string> ExplainClaimAsync(string database)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand("explain " + new Sql("postgresql")["claim_messages"], connection);
        command.Parameters.AddWithValue("owner", "worker");
        command.Parameters.AddWithValue("lease", 1000L);
        command.Parameters.AddWithValue("limit", 16);
        command.Parameters.AddWithValue("newest", 4);
        command.Parameters.AddWithValue("types", new[] { 1, 2, 3 });
        command.Parameters.AddWithValue("longest", 1000);
        command.Parameters.AddWithValue("most", 4000);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(Cancel);
        List<string> plan = [];
        while (await reader.ReadAsync(Cancel))
        {
            plan.Add(reader.GetString(0));
        }

        return string.Join('\n', plan);
    }

    private static async Task CreateSchemaAsync(string database)
    {
        await using var fresh = MessageDatabase.Open(new() { ConnectionString = database + ";Pooling=false" }, TimeProvider.System);
        await fresh.CreateSchemaAsync(CancellationToken.None);
    }

    private static string AsRole(string database, string role) => database + $";Options=-c role={role}";

    private static async Task RefusedAsync(Func<Task> action)
    {
        MessageStoreUnavailableException refused = await Assert.ThrowsExactlyAsync<MessageStoreUnavailableException>(action);
        Assert.AreEqual(PostgresErrorCodes.InsufficientPrivilege, refused.Code);
    }

    private async Task<int> KillListenersAsync() =>
        (await RunAsync("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query = 'listen extra_answer'")).Length;
}
