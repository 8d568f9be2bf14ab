using Pki.Protocols.Scep;
using Pki.Protocols.X509;
using TestKit;

namespace Interop.Tests;

/// <summary>certmonger against our RA: its helper alone and the whole daemon (SCEP.md 21 no. 2).</summary>
[TestClass, NeedsTool("initdb", "certmonger", "getcert", "scep-submit")]
public sealed class CertmongerTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task Its_helper_reads_our_capabilities()
    {
        using ScepSubmit client = await ScepSubmit.WithCaAsync(Cancel);
        string said = (await client.CapabilitiesAsync(Cancel)).EndedWith(ScepSubmit.Issued).Out;
        Assert.IsEmpty(new[] { "AES", "POSTPKIOperation", "Renewal", "SHA-256", "SCEPStandard" }.Except(said.Split('\n')), said);
    }

    [TestMethod]
    public async Task Its_helper_tells_our_RA_from_our_CA()
    {
        using ScepSubmit client = await ScepSubmit.WithCaAsync(Cancel);
        Assert.IsFalse(client.Ra.IsCa);
        Assert.AreEqual("CN=ScepCA,O=Demo", client.Ra.Issuer.ToString());
    }

    [TestMethod]
    public async Task Its_helper_brings_a_request_and_its_renewal_home()
    {
        using ScepSubmit client = await ScepSubmit.WithCaAsync(Cancel);
        using KeyPair oldKey = KeyPair.Generate("RSA2048");
        using KeyPair newKey = KeyPair.Generate("RSA2048");
        SentRequest request = OwnClient.Request(oldKey, "CN=monger-helper,O=Interop", client.Ra);
        Certificate first = OwnClient.Open((await client.UntilDecidedAsync(request, Cancel)).EndedWith(ScepSubmit.Issued).Out, request.Sender);

        SentRequest renewal = OwnClient.Renewal(newKey, new ScepSender(oldKey, first), client.Ra);
        Certificate second = OwnClient.Open((await client.UntilDecidedAsync(renewal, Cancel)).EndedWith(ScepSubmit.Issued).Out, renewal.Sender);

        Assert.IsTrue(first.PublicKey.SameKeyAs(oldKey.Public));
        Assert.IsTrue(second.PublicKey.SameKeyAs(newKey.Public));
        Assert.AreEqual(first.Subject, second.Subject);
    }

    [TestMethod]
    public async Task The_daemon_gets_a_certificate_and_renews_it_with_a_new_key()
    {
        using var daemon = new Tool("/usr/sbin/certmonger");
        string said = await RunAsync(daemon, "monger-daemon", Demo.Challenge);
        StringAssert.Contains(said, "status: MONITORING", said);

        Certificate first = await ReadAsync(daemon, "first.pem");
        Certificate second = await ReadAsync(daemon, "cert.pem");
        Assert.AreEqual("CN=monger-daemon,O=Interop", second.Subject.ToString());
        Assert.IsFalse(first.PublicKey.SameKeyAs(second.PublicKey), said);
    }

    [TestMethod]
    public async Task The_daemon_understands_that_its_challenge_was_wrong()
    {
        using var daemon = new Tool("/usr/sbin/certmonger");
        string said = await RunAsync(daemon, "monger-guesses", "a guess");
        StringAssert.Contains(said, "status: CA_REJECTED", said);
        Assert.IsFalse(File.Exists(daemon.File("cert.pem")));
    }

    private async Task<string> RunAsync(Tool daemon, string name, string challenge)
    {
        var variables = new Dictionary<string, string> { ["CERTMONGER_SYSTEM_LOCK_FILE"] = daemon.File("lock") };
        foreach (string place in new[] { "REQUESTS_DIR", "CAS_DIR", "LOCAL_CA_DIR", "CONFIG_DIR", "TMPDIR" })
        {
            variables["CERTMONGER_" + place] = Directory.CreateDirectory(daemon.File(place)).FullName;
        }

        await File.WriteAllTextAsync(daemon.File("script"), Script(daemon.Folder, name, challenge), Cancel);
        ToolResult result = await daemon.RunAsync(["-L", "-P", daemon.File("socket"), "-n", "-d", "0", "-c", $"/bin/sh {daemon.File("script")}"], Cancel, variables);
        return result.Out + result.Error;
    }

    // The daemon runs without D-Bus: a socket and folders of its own, and this one program, with which it ends. A request
    // made before it has read what the server can would stay unconfigured for ever.
    private static string Script(string folder, string name, string challenge) => $"""
        cd {folder}
        getcert add-scep-ca -c ra -u {Demo.ScepServer}
        until grep -qs '^ca_capabilities=' CAS_DIR/* && grep -qs '^ca_encryption_cert=' CAS_DIR/*; do sleep 0.1; done
        getcert request -c ra -k {folder}/key.pem -f {folder}/cert.pem -N CN={name},O=Interop -L '{challenge}' -I one -w \
            && cp cert.pem first.pem && getcert rekey -i one -w
        getcert list -i one
        """;

    private async Task<Certificate> ReadAsync(Tool daemon, string file) =>
        Certificate.FromPem(await File.ReadAllTextAsync(daemon.File(file), Cancel)).OrThrow();
}
