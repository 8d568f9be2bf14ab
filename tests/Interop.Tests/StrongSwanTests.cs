using Pki.Protocols.X509;
using TestKit;

namespace Interop.Tests;

/// <summary>strongSwan's client against our RA: POST, AES-128, RenewalReq 17 (SCEP.md 21 no. 3).</summary>
[TestClass, NeedsTool("initdb", "pki")]
public sealed class StrongSwanTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow("--cipher", "aes", DisplayName = "AES")]
    [DataRow("--cipher", "des3", DisplayName = "3DES")]
    [DataRow("--digest", "sha512", DisplayName = "SHA-512")]
    [DataRow("--rsa-padding", "pss", DisplayName = "RSASSA-PSS")]
    public async Task It_enrols(string option, string value)
    {
        using StrongSwan client = await StrongSwan.WithCaAsync(Cancel);
        await client.KeyAsync("key.pem", Cancel);
        string name = $"swan-{value}";
        (await client.ScepAsync("key.pem", $"O=Interop, CN={name}", "cert.pem", Cancel, "--password", Demo.Challenge, "--san", $"{name}.example", option, value)).EndedWith(0);

        Certificate issued = await ReadAsync(client, "cert.pem");
        Assert.AreEqual($"CN={name},O=Interop", issued.Subject.ToString());
        Assert.AreEqual($"dNSName={name}.example", issued.SubjectAltName?.ToString());
    }

    [TestMethod]
    public async Task It_renews_with_the_old_certificate_in_place_of_the_password()
    {
        using StrongSwan client = await StrongSwan.WithCaAsync(Cancel);
        await client.KeyAsync("old.key", Cancel);
        await client.KeyAsync("new.key", Cancel);
        (await client.ScepAsync("old.key", "O=Interop, CN=swan-renews", "old.pem", Cancel, "--password", Demo.Challenge)).EndedWith(0);
        (await client.ScepAsync("new.key", "O=Interop, CN=swan-renews", "new.pem", Cancel, "--cert", client.File("old.pem"), "--key", client.File("old.key"))).EndedWith(0);

        Certificate old = await ReadAsync(client, "old.pem");
        Certificate renewed = await ReadAsync(client, "new.pem");
        Assert.AreEqual(old.Subject, renewed.Subject);
        Assert.AreNotEqual(old.Serial, renewed.Serial);
        Assert.IsFalse(old.PublicKey.SameKeyAs(renewed.PublicKey));
    }

    [TestMethod]
    public async Task A_wrong_password_is_refused()
    {
        using StrongSwan client = await StrongSwan.WithCaAsync(Cancel);
        await client.KeyAsync("key.pem", Cancel);
        ToolResult refused = (await client.ScepAsync("key.pem", "O=Interop, CN=swan-guesses", "cert.pem", Cancel, "--password", "a guess")).EndedWith(1);
        StringAssert.Contains(refused.Error, "badRequest");
        Assert.AreEqual("", refused.Out);
    }

    private async Task<Certificate> ReadAsync(StrongSwan client, string file) =>
        Certificate.FromPem(await File.ReadAllTextAsync(client.File(file), Cancel)).OrThrow();
}
