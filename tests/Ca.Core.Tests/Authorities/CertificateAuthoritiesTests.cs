using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Ca.Core.Issuance;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;
using static Ca.Core.Tests.Issuance.FlawTests;

namespace Ca.Core.Tests.Authorities;

/// <summary>CA_CORE §4 and §17 check 1.</summary>
[TestClass]
public sealed class CertificateAuthoritiesTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod, NeedsTool("openssl")]
    [DataRow("P-256", "SHA256withECDSA")]
    [DataRow("P-384", "SHA384withECDSA")]
    [DataRow("P-521", null)]
    [DataRow("RSA2048", "SHA256WithRSA")]
    [DataRow("RSA3072", "SHA512withRSAandMGF1")]
    public async Task Root_and_sub_CA_and_what_they_issue_make_a_chain_that_openssl_accepts(string keySpec, string? algorithm)
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        using var openssl = new OpenSsl();
        CertificateAuthority root = (await CreateAsync(ca, New("R2", keySpec) with { SignatureAlgorithm = algorithm })).OrThrow();
        CertificateAuthority sub = (await CreateAsync(ca, New("S2", keySpec) with { SignatureAlgorithm = algorithm, SignedBy = "R2", Validity = "5y" })).OrThrow();
        Issued issued = (await ca.IssueAsync(ca.Request("device") with { CaName = "S2" }, Cancel)).OrThrow();

        string time = ca.Clock.GetUtcNow().ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        string rootPem = openssl.Write("root.pem", [root.Certificate]);
        string subPem = openssl.Write("sub.pem", [sub.Certificate]);
        string leafPem = openssl.Write("leaf.pem", [issued.Certificate]);
        await openssl.RunAsync(Cancel, "verify", "-x509_strict", "-attime", time, "-CAfile", rootPem, "-untrusted", subPem, leafPem);

        Assert.HasCount(2, issued.Chain);
        Assert.IsTrue(issued.Certificate.Issuer.EncodedEquals(sub.Certificate.Subject));
        Assert.IsTrue(sub.Certificate.Issuer.EncodedEquals(root.Certificate.Subject));
        Assert.AreEqual(root.Certificate.Subject.CaId(), root.Id);

        CrlView crl = (await ca.Get<Crls>().FindLatestAsync("S2", Cancel))!;
        Assert.AreEqual(1, crl.Number);
        string crlPem = openssl.Write("crl.pem", Pki.Protocols.Asn1.Der.Decode<CertificateList>(crl.Encoded).OrThrow().ToPem() + "\n");
        await openssl.RunAsync(Cancel, "verify", "-attime", time, "-crl_check", "-CRLfile", crlPem, "-CAfile", rootPem, "-untrusted", subPem, leafPem);
    }

    [TestMethod]
    public async Task A_sub_CA_ends_no_later_than_its_signer()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        CertificateAuthority sub = (await CreateAsync(ca, New("Sub", "P-256") with { SignedBy = TestCa.RootName, Validity = "90y" })).OrThrow();
        Assert.AreEqual((await ca.Get<CertificateAuthorities>().FindAsync(TestCa.RootName, Cancel))!.Certificate.NotAfter, sub.Certificate.NotAfter);
    }

    [TestMethod]
    public async Task A_name_or_an_id_that_is_taken_is_refused()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        Refused(RefusalCode.Conflict, "already", await CreateAsync(ca, New(TestCa.RootName, "P-256")));
        Refused(RefusalCode.Conflict, "id", await CreateAsync(ca, New("Other", "P-256") with { SubjectDn = "CN=Root,O=Test,C=SE" }));

        // Java's hash of "Aa" and "BB" is the same, so these names have one caId.
        (await CreateAsync(ca, New("First", "P-256") with { SubjectDn = "CN=Aa" })).OrThrow();
        Refused(RefusalCode.Conflict, "is taken by CA 'First'", await CreateAsync(ca, New("Second", "P-256") with { SubjectDn = "CN=BB" }));
    }

    [TestMethod]
    [DataRow("SHA256WithRSA", "P-256", RefusalCode.UnsupportedAlgorithm, "does not fit", DisplayName = "RSA signature, EC key")]
    [DataRow("MD5WithRSA", "P-256", RefusalCode.UnsupportedAlgorithm, "does not fit", DisplayName = "MD5")]
    [DataRow("SHA1withECDSA", "P-256", RefusalCode.UnsupportedAlgorithm, "does not fit", DisplayName = "SHA-1")]
    [DataRow(null, "RSA1024", RefusalCode.UnsupportedAlgorithm, "RSA2048 to RSA8192", DisplayName = "a short key")]
    [DataRow(null, "secp256k1", RefusalCode.UnsupportedAlgorithm, "RSA2048 to RSA8192", DisplayName = "another curve")]
    public async Task Keys_and_algorithms_must_be_sound_and_fit(string? algorithm, string keySpec, RefusalCode code, string words)
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        Refused(code, words, await CreateAsync(ca, New("X", keySpec) with { SignatureAlgorithm = algorithm }));
        Assert.AreEqual("1", await ca.ExecuteAsync("select count(*) from authority", Cancel));
    }

    [TestMethod]
    public async Task An_external_CA_is_known_but_never_signs()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        await using TestCa stranger = await TestCa.StartAsync(Cancel);
        CertificateAuthority foreign = (await CreateAsync(stranger, New("Foreign", "P-256"))).OrThrow();

        CertificateAuthority imported = (await ca.Get<CertificateAuthorities>().ImportAsync(ca.Admin, "Partner", foreign.Chain, Cancel)).OrThrow();

        Assert.AreEqual(AuthorityStatus.External, imported.Status);
        Refused(RefusalCode.PolicyViolation, "External", await ca.IssueAsync(ca.Request("device") with { CaName = "Partner" }, Cancel));
        Refused(RefusalCode.PolicyViolation, "External", await ca.Get<Crls>().CreateAsync(ca.Admin, "Partner", Cancel));
        Refused(RefusalCode.BadSignature, "chain", await ca.Get<CertificateAuthorities>().ImportAsync(ca.Admin, "Leaf", (await stranger.IssueAsync(stranger.Request("x"), Cancel)).OrThrow() is { } leaf ? [leaf.Certificate] : [], Cancel));
    }

    [TestMethod]
    public async Task Requests_wait_while_a_CA_is_off_line_and_go_on_afterwards()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        CertificateAuthorities cas = ca.Get<CertificateAuthorities>();
        (await cas.SetOfflineAsync(ca.Admin, TestCa.RootName, offline: true, Cancel)).OrThrow();
        IssuanceRequest request = ca.Request("device");
        await Assert.ThrowsExactlyAsync<OfflineException>(() => ca.Issuer.IssueAsync(request, new(), Cancel));

        (await cas.SetOfflineAsync(ca.Admin, TestCa.RootName, offline: false, Cancel)).OrThrow();
        (await ca.IssueAsync(request, Cancel)).OrThrow();
    }

    [TestMethod]
    public async Task Settings_that_contradict_each_other_are_refused()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        CertificateAuthorities cas = ca.Get<CertificateAuthorities>();
        Refused(RefusalCode.PolicyViolation, "crlOverlap", await cas.SetSettingsAsync(ca.Admin, TestCa.RootName, new() { CrlPeriod = TimeSpan.FromMinutes(5), CrlOverlap = TimeSpan.FromMinutes(10) }, Cancel));
        Refused(RefusalCode.PolicyViolation, "URI", await cas.SetSettingsAsync(ca.Admin, TestCa.RootName, new() { CrlDistributionPoints = ["not a uri"] }, Cancel));
        Assert.AreEqual(TimeSpan.FromHours(6), (await cas.SetSettingsAsync(ca.Admin, TestCa.RootName, new() { CrlPeriod = TimeSpan.FromHours(6) }, Cancel)).OrThrow().Settings.CrlPeriod);
    }

    private static NewAuthority New(string name, string keySpec) => new()
    {
        Name = name,
        SubjectDn = $"CN={name},O=Test,C=SE",
        Token = "keys",
        KeyAlias = name,
        KeySpec = keySpec,
    };

    private Task<Outcome<CertificateAuthority>> CreateAsync(TestCa ca, NewAuthority order) => ca.Get<CertificateAuthorities>().CreateAsync(ca.Admin, order, Cancel);
}
