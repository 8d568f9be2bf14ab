using TestKit;

namespace Pki.PrivateServers;

[TestClass, NeedsTool("mariadbd", "mariadb-install-db", "mariadb")]
public sealed class PrivateMariaDbTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task Data_survives_a_stop_a_kill_and_a_new_owner()
    {
        using var scratch = new ScratchDirectory();
        File.SetUnixFileMode(scratch.Path, File.GetUnixFileMode(scratch.Path) | UnixFileMode.OtherExecute);
        var options = new PrivateMariaDbOptions { Directory = scratch.File("server") };
        await using (PrivateMariaDb first = await PrivateMariaDb.StartAsync(options, Cancel))
        {
            await first.ExecuteAsync("create database d; create table d.kept (value varchar(20)); insert into d.kept values ('ünïcödé 🔑');", Cancel);
            await first.RestartAsync(Cancel);
            Assert.AreEqual("ünïcödé 🔑\n", await first.ExecuteAsync("select value from d.kept", Cancel));
            await first.KillAsync(Cancel);
            await first.StartAgainAsync(Cancel);
            Assert.AreEqual("ünïcödé 🔑\n", await first.ExecuteAsync("select value from d.kept", Cancel));
        }

        await using PrivateMariaDb second = await PrivateMariaDb.StartAsync(options, Cancel);
        Assert.AreEqual("ünïcödé 🔑\n", await second.ExecuteAsync("select value from d.kept", Cancel));
    }

    [TestMethod]
    public async Task Nobody_enters_without_the_password()
    {
        await using PrivateMariaDb server = await TestDatabases.OwnMariaDbAsync(Cancel);

        Assert.AreEqual("pki\n", await server.ExecuteAsync("select User from mysql.global_priv where json_value(Priv, '$.account_locked') is null", Cancel));
        Assert.AreEqual("127.0.0.1\n", await server.ExecuteAsync("select @@bind_address", Cancel));
    }
}
