using System.Diagnostics;
using System.Globalization;
using CmpProxy.Tests.World;
using TestKit;

namespace CmpProxy.Tests.Interop;

/// <summary>OpenSSL's client → our proxy → OpenSSL's mock CA, over real sockets (CMP_CLIENTS.md; CMP-T-2 to T-4, T-14).</summary>
[TestClass, NeedsTool("openssl")]
public sealed class OpenSslTests
{
    private const string Secret = "-ref 3078 -secret pass:insta";
    private const string Ir = "-cmd ir -newkey ee.key -subject /CN=user1 -certout got.pem " + Secret;
    private const string Server = "-srv_ref 3078 -srv_secret pass:insta -srv_cert cmpserver.crt -srv_key cmpserver.key -srv_trusted ca.crt -rsp_cert ee.crt";

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(Ir, DisplayName = "ir and certConf under a MAC")]
    [DataRow("-cmd ir -newkey ee.key -subject /CN=user1 -certout got.pem -keep_alive 0 " + Secret, DisplayName = "a connection for each message")]
    [DataRow("-cmd ir -newkey ee.key -subject /CN=user1 -certout got.pem -keep_alive 2 " + Secret, DisplayName = "one connection for all")]
    [DataRow("-cmd cr -newkey ee.key -subject /CN=user1 -certout got.pem -cert ee.crt -key ee.key -trusted ca.crt", DisplayName = "cr, signed")]
    [DataRow("-cmd p10cr -csr ee.csr -certout got.pem " + Secret, DisplayName = "p10cr")]
    [DataRow("-cmd kur -newkey ee.key -certout got.pem -cert ee.crt -key ee.key -trusted ca.crt", DisplayName = "kur")]
    [DataRow("-cmd rr -oldcert ee.crt -revreason 4 " + Secret, DisplayName = "rr")]
    [DataRow("-cmd genm -infotype caCerts " + Secret, DisplayName = "genm")]
    public async Task A_transaction_passes_through(string command)
    {
        using ScratchDirectory folder = Credentials();
        await RunAsync(folder, "req -new -key ee.key -subj /CN=user1 -out ee.csr");
        using MockServer mock = await MockServer.StartAsync(folder.Path, $"cmp -config \"\" -port 0 {Server}", Cancel);
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => settings.Set("Upstream:Url", $"http://127.0.0.1:{mock.Port}/pkix/"));
        await RunAsync(folder, $"cmp -config \"\" -batch -server 127.0.0.1:{world.Port} -path .well-known/cmp {command}");
        Assert.AreEqual(command.Contains("-certout"), File.Exists(folder.File("got.pem")));
        Assert.IsTrue(world.Log.OfId(2001).All(line => line.Text.StartsWith("answered", StringComparison.Ordinal)), world.Log.Text);
    }

    /// <summary>What servers may do that ours does not, or not for the asking: it reaches the client as the server meant it.</summary>
    [TestMethod]
    [DataRow("-poll_count 2 -check_after 1", Ir, null, DisplayName = "poll-ir")]
    [DataRow("-poll_count 2 -check_after 1", "-cmd p10cr -csr ee.csr -certout got.pem " + Secret, null, DisplayName = "poll-p10cr")]
    [DataRow("-poll_count 2 -check_after 1", Ir + " -total_timeout 1", "total timeout", DisplayName = "poll-total-timeout")]
    [DataRow("-accept_raverified", Ir + " -popo 0", null, DisplayName = "raverified")]
    [DataRow("-grant_implicitconf", Ir + " -implicit_confirm", null, DisplayName = "implicit-granted")]
    [DataRow("-pkistatus 1", Ir, null, DisplayName = "granted-with-mods")]
    [DataRow("-pkistatus 2 -failure 9 -statusstring \"no pop\"", Ir, "badPOP", DisplayName = "rejected-badPOP")]
    [DataRow("-pkistatus 3", "-cmd rr -oldcert ee.crt " + Secret, "unexpected pkistatus", DisplayName = "rr-waiting")]
    [DataRow("-send_error -pkistatus 2 -failure 24", Ir, "error processing message", DisplayName = "error-body")]
    [DataRow("-send_unprotected", Ir, "protection", DisplayName = "unprotected-positive-response")]
    [DataRow("-send_unprotected", Ir + " -unprotected_errors", "protection", DisplayName = "the same with unprotected_errors")]
    [DataRow("-accept_unprotected", "-cmd ir -unprotected_requests -srvcert cmpserver.crt -newkey ee.key -subject /CN=user1 -certout got.pem", null, DisplayName = "unprotected-request")]
    public async Task What_another_server_does_reaches_the_client(string server, string command, string? complaint)
    {
        using ScratchDirectory folder = Credentials();
        await RunAsync(folder, "req -new -key ee.key -subj /CN=user1 -out ee.csr");
        using MockServer mock = await MockServer.StartAsync(folder.Path, $"cmp -config \"\" -port 0 {Server} {server}", Cancel);
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => settings.Set("Upstream:Url", $"http://127.0.0.1:{mock.Port}/pkix/"));
        string said = await RunAsync(folder, $"cmp -config \"\" -batch -server 127.0.0.1:{world.Port} -path .well-known/cmp {command}", complaint is null ? 0 : 1);
        Assert.AreEqual(complaint is null, File.Exists(folder.File("got.pem")));
        StringAssert.Contains(said, complaint ?? "");
    }

    [TestMethod]
    public async Task An_error_of_the_proxy_is_understood()
    {
        using ScratchDirectory folder = Credentials();
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => settings.Set("Operations:0", "kur"));
        string said = await RunAsync(
            folder, $"cmp -config \"\" -batch -server 127.0.0.1:{world.Port} -path cmp -cmd ir -newkey ee.key -subject /CN=user1 -certout got.pem -unprotected_errors {Secret}", exitCode: 1);
        StringAssert.Contains(said, "badRequest");
        StringAssert.Contains(said, "CMP-P-6");
    }

    private static ScratchDirectory Credentials()
    {
        var folder = new ScratchDirectory();
        foreach (string name in (string[])["ca.crt", "cmpserver.crt", "cmpserver.key", "ee.crt", "ee.key"])
        {
            using Stream stream = typeof(OpenSslTests).Assembly.GetManifestResourceStream("cmp/" + name)!;
            using FileStream file = File.Create(folder.File(name));
            stream.CopyTo(file);
        }

        return folder;
    }

    private async Task<string> RunAsync(ScratchDirectory folder, string arguments, int exitCode = 0)
    {
        using Process process = MockServer.Start(folder.Path, arguments);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(Cancel);
            Task<string> error = process.StandardError.ReadToEndAsync(Cancel);
            await process.WaitForExitAsync(Cancel);
            string said = await output + await error;
            Assert.AreEqual(exitCode, process.ExitCode, $"openssl {arguments}\n{said}");
            return said;
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }
}

/// <summary>OpenSSL's own CMP server, on a port of its choice.</summary>
internal sealed class MockServer : IDisposable
{
    private const string Ready = "ACCEPT ";
    private readonly Process process;

    private MockServer(Process process, int port) => (this.process, Port) = (process, port);

    public int Port { get; }

    public static Process Start(string folder, string arguments) => Process.Start(new ProcessStartInfo("openssl", arguments)
    {
        WorkingDirectory = folder,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    public static async Task<MockServer> StartAsync(string folder, string arguments, CancellationToken cancel)
    {
        Process process = Start(folder, arguments);
        List<string> said = [];
        while (await process.StandardOutput.ReadLineAsync(cancel) is { } line)
        {
            said.Add(line);
            if (line.StartsWith(Ready, StringComparison.Ordinal))
            {
                // What it says from here on must be read, or it stops with a full pipe.
                _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                return new(process, int.Parse(line.Split(' ')[1].Split(':')[^1], CultureInfo.InvariantCulture));
            }
        }

        throw new InvalidOperationException($"openssl does not listen: {string.Join('\n', said)} {await process.StandardError.ReadToEndAsync(cancel)}");
    }

    public void Dispose()
    {
        process.Kill(entireProcessTree: true);
        process.Dispose();
    }
}
