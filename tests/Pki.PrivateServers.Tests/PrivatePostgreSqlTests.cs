using Npgsql;
using TestKit;

namespace Pki.PrivateServers;

[TestClass, NeedsTool("postgres", "initdb")]
public sealed class PrivatePostgreSqlTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task Data_survives_a_stop_a_kill_and_a_new_owner()
    {
        using var scratch = new ScratchDirectory();
        var options = new PrivatePostgreSqlOptions { Directory = scratch.File("server") };
        LetOthersEnter(scratch.Path);
        await using (PrivatePostgreSql first = await PrivatePostgreSql.StartAsync(options, Cancel))
        {
            await QueryAsync(first, "create table kept as select 'fsync=' || current_setting('fsync') as value");
            await first.RestartAsync(Cancel);
            Assert.AreEqual("fsync=on", await QueryAsync(first, "select value from kept"));
            await first.KillAsync(Cancel);
            await first.StartAgainAsync(Cancel);
            Assert.AreEqual("fsync=on", await QueryAsync(first, "select value from kept"));
        }

        await using PrivatePostgreSql second = await PrivatePostgreSql.StartAsync(options, Cancel);
        Assert.AreEqual("fsync=on", await QueryAsync(second, "select value from kept"));
    }

    [TestMethod]
    public async Task It_listens_on_a_socket_that_nobody_else_may_enter_and_on_no_port()
    {
        await using PrivatePostgreSql server = await TestDatabases.OwnPostgreSqlAsync(Cancel);

        Assert.AreEqual("", await QueryAsync(server, "select current_setting('listen_addresses')"));
        Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(server.SocketDirectory));
    }

    [TestMethod]
    public async Task A_deep_folder_gets_a_short_socket_path_elsewhere()
    {
        using var scratch = new ScratchDirectory();
        LetOthersEnter(scratch.Path);
        string deep = scratch.File(new string('d', 120));
        await using PrivatePostgreSql server = await PrivatePostgreSql.StartAsync(new() { Directory = deep, LoopbackPort = 0 }, Cancel);

        Assert.IsLessThan(60, server.SocketDirectory.Length);
        Assert.AreEqual("1", await QueryAsync(server, "select '1'"));
        Assert.AreEqual("127.0.0.1", await QueryAsync(server, "select current_setting('listen_addresses')"));
    }

    [TestMethod]
    public async Task A_strangers_folder_is_never_thrown_away()
    {
        using var scratch = new ScratchDirectory();
        await File.WriteAllTextAsync(scratch.File("thesis.txt"), "three years of work", Cancel);

        await Assert.ThrowsExactlyAsync<PrivateServerException>(() => PrivatePostgreSql.StartAsync(new() { Directory = scratch.Path, ThrowAway = true }, Cancel));
    }

    [TestMethod]
    public async Task A_bad_setting_is_reported_with_the_servers_own_words()
    {
        using var scratch = new ScratchDirectory();
        LetOthersEnter(scratch.Path);
        var options = new PrivatePostgreSqlOptions { Directory = scratch.File("server"), Settings = ["no_such_setting=1"] };

        PrivateServerException failure = await Assert.ThrowsExactlyAsync<PrivateServerException>(() => PrivatePostgreSql.StartAsync(options, Cancel));

        Assert.Contains("no_such_setting", failure.Message);
    }

    // As root the server runs as somebody else, who must be able to walk to its folder.
    private static void LetOthersEnter(string path) =>
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute);

    private async Task<string?> QueryAsync(PrivatePostgreSql server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString() + ";Pooling=false");
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        return (string?)await command.ExecuteScalarAsync(Cancel);
    }
}
