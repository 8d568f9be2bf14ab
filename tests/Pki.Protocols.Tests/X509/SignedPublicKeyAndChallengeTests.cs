using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;

namespace Pki.Protocols.Tests.X509;

/// <summary>SPKAC, as OpenSSL and we write it.</summary>
[TestClass]
public sealed class SignedPublicKeyAndChallengeTests
{
    private static readonly KeyPair Key = KeyPair.Generate("P-256");

    public required TestContext TestContext { get; init; }

    [TestMethod]
    [DataRow("")]
    [DataRow("challenge")]
    public void What_is_written_is_read_and_verifies(string challenge)
    {
        SignedPublicKeyAndChallenge made = SignedPublicKeyAndChallenge.Create(Key, SignatureAlgorithm.EcdsaWithSha256, challenge);
        SignedPublicKeyAndChallenge read = Der.Decode<SignedPublicKeyAndChallenge>(made.Encoded).OrThrow();
        Assert.AreEqual(challenge, read.Challenge);
        Assert.IsTrue(read.PublicKey.SameKeyAs(Key.Public));
        Assert.IsTrue(read.VerifySignature());
    }

    [TestMethod, NeedsTool("openssl")]
    [DataRow("RSA2048")]
    [DataRow("P-256")]
    public async Task What_OpenSSL_writes_is_read_and_verifies(string keySpec)
    {
        using KeyPair key = KeyPair.Generate(keySpec);
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, PemEncoding.WriteString("PRIVATE KEY", key.ExportPkcs8()), TestContext.CancellationToken);
        using var openssl = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("openssl", ["spkac", "-digest", "sha256", "-key", file, "-challenge", "hello"]) { RedirectStandardOutput = true })!;
        string printed = await openssl.StandardOutput.ReadToEndAsync(TestContext.CancellationToken);
        await openssl.WaitForExitAsync(TestContext.CancellationToken);
        File.Delete(file);

        byte[] der = Convert.FromBase64String(printed["SPKAC=".Length..].Trim());
        SignedPublicKeyAndChallenge read = Der.Decode<SignedPublicKeyAndChallenge>(der).OrThrow();
        Assert.AreEqual("hello", read.Challenge);
        Assert.IsTrue(read.PublicKey.SameKeyAs(key.Public));
        Assert.IsTrue(read.VerifySignature());
    }

    [TestMethod]
    [DataRow("3000", DisplayName = "nothing inside")]
    [DataRow("30053003020100", DisplayName = "a length beyond the end")]
    [DataRow("", DisplayName = "no bytes")]
    public void Anything_else_is_refused_as_malformed(string hex)
    {
        Assert.IsFalse(Der.Decode<SignedPublicKeyAndChallenge>(Convert.FromHexString(hex)).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.Malformed, refusal.Code);
    }

    [TestMethod]
    public void A_byte_after_the_end_is_refused_and_a_changed_challenge_does_not_verify()
    {
        byte[] made = SignedPublicKeyAndChallenge.Create(Key, SignatureAlgorithm.EcdsaWithSha256, "challenge").Encoded.ToArray();
        Assert.IsFalse(Der.Decode<SignedPublicKeyAndChallenge>((byte[])[.. made, 0]).Succeeded(out _, out _));
        int at = made.AsSpan().IndexOf("challenge"u8);
        made[at] = (byte)'C';
        Assert.IsFalse(Der.Decode<SignedPublicKeyAndChallenge>(made).OrThrow().VerifySignature());
    }
}
