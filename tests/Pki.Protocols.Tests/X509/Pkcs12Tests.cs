using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.X509;

/// <summary>RFC 7292: key stores of ours in OpenSSL's hands and the other way round.</summary>
[TestClass]
public sealed class Pkcs12Tests
{
    private static readonly Certificate Root = ThrowawayPki.Root(ThrowawayPki.Rsa);
    private static readonly Certificate SubCa = ThrowawayPki.Sign(ThrowawayPki.Rsa, Root, ThrowawayPki.Ec.Public, "CN=Sub CA", 2, CertificateExtensions.BasicConstraints(ca: true));

    [TestMethod]
    public void A_store_is_read_back_with_its_chain_in_order()
    {
        foreach ((KeyPair key, Certificate leaf) in Leaves())
        {
            using var password = Secret.FromText("pässword");
            byte[] file = Pkcs12.Save(new KeyStore(key, leaf, [SubCa, Root]), password, "alias");
            using KeyStore store = Pkcs12.Load(file, password).OrThrow();
            Assert.IsTrue(store.Key.Public.SameKeyAs(key.Public));
            CollectionAssert.AreEqual(leaf.Encoded.ToArray(), store.Certificate.Encoded.ToArray());
            CollectionAssert.AreEqual((string[])["2", "1"], store.Chain.Select(c => c.Serial.ToString()).ToArray());
            Assert.AreEqual(key.IsRsa, store.Key.IsRsa);
        }
    }

    [TestMethod]
    public void A_wrong_password_and_a_broken_file_are_one_refusal()
    {
        using var password = Secret.FromText("right");
        using var wrong = Secret.FromText("wrong");
        (KeyPair key, Certificate leaf) = Leaves()[1];
        byte[] file = Pkcs12.Save(new KeyStore(key, leaf, []), password, "alias");
        Assert.IsFalse(Pkcs12.Load(file, wrong).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.DecryptionFailed, refusal.Code);
        Assert.IsFalse(Pkcs12.Load(file.AsSpan(0, 100), password).Succeeded(out _, out refusal));
        Assert.AreEqual(RefusalCode.DecryptionFailed, refusal.Code);
        Assert.IsFalse(Pkcs12.Load([], password).Succeeded(out _, out _));
    }

    [TestMethod]
    public async Task OpenSSL_opens_ours()
    {
        using var openssl = new OpenSsl();
        using var password = Secret.FromText("secret");
        (KeyPair key, Certificate leaf) = Leaves()[0];
        openssl.Write("store.p12", Pkcs12.Save(new KeyStore(key, leaf, [SubCa, Root]), password, "my alias"));
        string text = await openssl.RunAsync("pkcs12 -in store.p12 -passin pass:secret -nodes -info", TestContext.CancellationToken);
        Assert.Contains("friendlyName: my alias", text);
        Assert.Contains("PBES2, PBKDF2, AES-256-CBC, Iteration 50000, PRF hmacWithSHA256", text);
        Assert.Contains("MAC: sha256, Iteration 50000", text);
        Assert.Contains("subject=CN = Sub CA", text);
    }

    [TestMethod]
    [DataRow("", DisplayName = "OpenSSL's default")]
    [DataRow("-legacy", DisplayName = "RC2 and triple DES")]
    [DataRow("-iter 600000", DisplayName = "as many rounds as OWASP advises")]
    public async Task Ours_opens_OpenSSLs(string options)
    {
        CancellationToken cancel = TestContext.CancellationToken;
        using var openssl = new OpenSsl();
        using var password = Secret.FromText("secret");
        await openssl.RunAsync("req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -subj /CN=a", cancel);
        await openssl.RunAsync($"pkcs12 -export {options} -in cert.pem -inkey key.pem -passout pass:secret -out store.p12", cancel);
        using KeyStore store = Pkcs12.Load(openssl.ReadBytes("store.p12"), password).OrThrow();
        Assert.AreEqual("CN=a", store.Certificate.Subject.ToString());
        Assert.IsEmpty(store.Chain);
        Assert.IsTrue(store.Certificate.PublicKey.SameKeyAs(store.Key.Public));
    }

    [TestMethod]
    public async Task A_store_without_a_key_is_refused()
    {
        CancellationToken cancel = TestContext.CancellationToken;
        using var openssl = new OpenSsl();
        using var password = Secret.FromText("secret");
        openssl.Write("cert.pem", Root.ToPem());
        await openssl.RunAsync("pkcs12 -export -nokeys -in cert.pem -passout pass:secret -out store.p12", cancel);
        Assert.IsFalse(Pkcs12.Load(openssl.ReadBytes("store.p12"), password).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.NotFound, refusal.Code);
    }

    // Keys of their own: the platform does not load a store in which two certificates have the same key.
    private static readonly Lazy<(KeyPair Key, Certificate Leaf)[]> LazyLeaves = new(() => [Leaf("RSA2048", "CN=rsa leaf", 3), Leaf("P-256", "CN=ec leaf", 4)]);

    private static (KeyPair Key, Certificate Leaf)[] Leaves() => LazyLeaves.Value;

    private static (KeyPair Key, Certificate Leaf) Leaf(string keySpec, string name, long serial)
    {
        KeyPair key = KeyPair.Generate(keySpec);
        return (key, ThrowawayPki.Sign(ThrowawayPki.Ec, SubCa, key.Public, name, serial));
    }

    public required TestContext TestContext { get; init; }
}
