using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using Ca.Core.Approvals;
using Ca.Core.Authorities;
using Pki.Cli;
using Pki.Cli.Configuration;
using Pki.Migration.Authorities;
using Pki.Migration.Tests.World;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Migration.Tests.Authorities;

/// <summary>MIGRATION §2.3 and §3.4: CAs with their keys and settings.</summary>
[TestClass]
public sealed class AuthorityTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public void An_exported_CA_has_two_keys_and_the_dummy_is_not_believed()
    {
        using var old = new OldSite();
        using var stranger = new TestKit.TestPki("CN=dummy2");
        using KeyStore dummy = stranger.Issue("CN=dummy2", "RSA2048");
        byte[] file = Export(old, dummy);
        using Secret password = Secret.FromText("word");
        CaKeyFile keys = CaKeyFile.Open(file, password, null).OrThrow();
        Assert.IsTrue(keys.SigningKey.Public.SameKeyAs(old.Ca.PublicKey));
        using KeyPair encryption = CaKeyFile.OpenEncryptionKey(file, password, null).OrThrow();
        Assert.IsTrue(encryption.Public.SameKeyAs(dummy.Key.Public));
        Assert.HasCount(1, keys.Chain);

        using Secret wrong = Secret.FromText("another");
        Assert.IsFalse(CaKeyFile.Open(file, wrong, null).Succeeded(out _, out Refusal? refusal));
        Assert.Contains("password is wrong", refusal.Detail);
        Assert.DoesNotContain("another", refusal.Detail);
        Assert.IsFalse(CaKeyFile.Open(file, password, "EncryptionKeyAlias").Succeeded(out _, out refusal), "the dummy's key signs nothing");
        Assert.IsFalse(CaKeyFile.Open([1, 2, 3], password, null).Succeeded(out _, out _));
    }

    [TestMethod]
    public async Task A_CA_comes_with_its_key_its_certificate_and_no_CRL()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        await using CaSession session = site.Open();
        CertificateAuthority ca = (await session.Authorities.FindAsync(NewSite.CaName, Cancel))!;
        Assert.IsTrue(ca.Certificate.Encoded.Span.SequenceEqual(old.Ca.Encoded.Span), "the same, octet by octet");
        Assert.AreEqual(AuthorityStatus.Offline, ca.Status, "nothing is signed here before the switch");
        Assert.AreEqual(0, await site.CountAsync("crl", Cancel), "nothing is signed before the switch");
        (ExitCode code, _, string error) = await site.PkiAsync("import", "ca", NewSite.CaName, "--p12", site.File("ca.p12"), "--password-file", site.File("ca.password"));
        Assert.AreEqual(ExitCode.FunctionalError, code);
        Assert.Contains("already", error);
        Assert.IsTrue((await session.Audit.VerifyAsync(Cancel)).All(chain => chain.Problem is null));
    }

    [TestMethod]
    public async Task An_import_that_was_killed_between_key_and_CA_is_repeated()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        await site.QueryAsync("delete from certificate; delete from authority; update configuration_stamp set stamp = stamp + 1", Cancel);
        await site.MustAsync("import", "ca", NewSite.CaName, "--p12", site.File("ca.p12"), "--password-file", site.File("ca.password"));
    }

    [TestMethod]
    public void Settings_are_read_with_their_units()
    {
        LegacyAuthority read = LegacyAuthority.Read(Document(
            "<void method=\"put\"><string>crlperiod</string><long>172800000</long></void>"
            + "<void method=\"put\"><string>crlIssueInterval</string><int>6</int></void>"
            + "<void method=\"put\"><string>crlOverlapTime</string><int>30</int></void>"
            + "<void method=\"put\"><string>defaultcrldistpoint</string><string>http://a/ca.crl;http://b/ca.crl</string></void>"
            + "<void method=\"put\"><string>defaultocspservicelocator</string><string>http://a/ocsp</string></void>"
            + "<void method=\"put\"><string>finishuser</string><boolean>false</boolean></void>"
            + "<void method=\"put\"><string>doEnforceUniquePublicKeys</string><boolean>false</boolean></void>"
            + "<void method=\"put\"><string>description</string><string>B64:b2xk</string></void>"
            + "<void method=\"put\"><string>cmpraauthsecret</string><string>mysecretword</string></void>"
            + "<void method=\"put\"><string>deltacrlperiod</string><long>3600000</long></void>"
            + "<void method=\"put\"><string>approvalsettings</string><object class=\"java.util.ArrayList\"><void method=\"add\"><int>2</int></void><void method=\"add\"><int>4</int></void></object></void>"
            + "<void method=\"put\"><string>numberofreqapprovals</string><int>3</int></void>"
            + "<void method=\"put\"><string>surprise</string><int>1</int></void>")).OrThrow();
        AuthoritySettings settings = read.Settings;
        Assert.AreEqual((TimeSpan.FromDays(2), TimeSpan.FromHours(6), TimeSpan.FromMinutes(30)), (settings.CrlPeriod, settings.CrlIssueInterval, settings.CrlOverlap));
        Assert.HasCount(2, settings.CrlDistributionPoints);
        Assert.AreEqual("http://a/ocsp", settings.OcspLocator);
        Assert.IsFalse(settings.FinishUser || settings.EnforceUniquePublicKeys);
        Assert.IsTrue(settings.EnforceUniqueDistinguishedName);
        Assert.AreEqual("old", read.Description);
        Assert.AreEqual(new ApprovalRules { KeyRecovery = 3 }, settings.Approvals);
        string notes = string.Join('\n', read.Notes);
        Assert.Contains("cmpraauthsecret is set", notes);
        Assert.Contains("deltacrlperiod is set", notes);
        Assert.Contains("activation of the CA's token", notes);
        Assert.Contains("surprise: not known", notes);
        Assert.DoesNotContain("mysecretword", notes);
    }

    private static string Document(string entries) => $"<java version=\"1.8\" class=\"java.beans.XMLDecoder\"><object class=\"java.util.LinkedHashMap\">{entries}</object></java>";

    /// <summary>As <c>ca exportca</c> writes it: two keys with names, 3DES, SHA-1.</summary>
    private static byte[] Export(OldSite old, KeyStore dummy)
    {
        using Secret password = Secret.FromText("word");
        using KeyStore ca = Pkcs12.Load(old.ExportCa("word"), password).OrThrow();
        var encryption = new PbeParameters(PbeEncryptionAlgorithm.TripleDes3KeyPkcs12, HashAlgorithmName.SHA1, 2000);
        var keys = new Pkcs12SafeContents();
        var certificates = new Pkcs12SafeContents();
        foreach ((string alias, KeyStore store) in new[] { ("EncryptionKeyAlias", dummy), ("SignatureKeyAlias", ca) })
        {
            var bag = new Pkcs12ShroudedKeyBag(Pkcs8PrivateKeyInfo.Decode(store.Key.ExportPkcs8(), out _).Encrypt("word", encryption));
            keys.AddSafeBag(bag);
            var name = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
            name.WriteCharacterString(System.Formats.Asn1.UniversalTagNumber.BMPString, alias);
            bag.Attributes.Add(new CryptographicAttributeObject(new Oid("1.2.840.113549.1.9.20"), [new AsnEncodedData(new Oid("1.2.840.113549.1.9.20"), name.Encode())]));
            var wrapped = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
            wrapped.WriteOctetString(store.Certificate.Encoded.Span);
            certificates.AddSafeBag(new Pkcs12CertBag(new Oid("1.2.840.113549.1.9.22.1"), wrapped.Encode()));
        }

        var builder = new Pkcs12Builder();
        builder.AddSafeContentsUnencrypted(keys);
        builder.AddSafeContentsEncrypted(certificates, "word", encryption);
        builder.SealWithMac("word", HashAlgorithmName.SHA1, 2000);
        return builder.Encode();
    }
}
