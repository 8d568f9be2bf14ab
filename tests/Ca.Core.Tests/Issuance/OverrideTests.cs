using Ca.Core.Issuance;
using Ca.Core.Profiles;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Ca.Core.Tests.Issuance;

/// <summary>CA_CORE §5.3 [R] and §17 check 4: what a request may bring with it, switch by switch.</summary>
[TestClass]
public sealed class OverrideTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(false, false, DisplayName = "no switch")]
    [DataRow(true, false, DisplayName = "extensions")]
    [DataRow(false, true, DisplayName = "key usage")]
    [DataRow(true, true, DisplayName = "both")]
    public async Task CA_rights_of_a_request_never_survive_and_the_rest_only_behind_its_switch(bool extensions, bool keyUsage)
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        await SetAsync(ca, new() { AllowExtensionOverride = extensions, AllowKeyUsageOverride = keyUsage });
        CertificationRequest csr = TestCa.Csr("CN=evil", KeyPair.Generate("P-256"), [RequestAttribute.ForExtensions([
            CertificateExtensions.BasicConstraints(true, 3),
            CertificateExtensions.KeyUsage(KeyUsages.KeyCertSign | KeyUsages.DigitalSignature),
            CertificateExtensions.NameConstraints(GeneralNames.Parse("dNSName=example").OrThrow(), null),
            CertificateExtensions.ExtendedKeyUsage([Oids.OcspSigning]),
            CertificateExtensions.OcspNoCheck(),
            CertificateExtensions.AuthorityKeyIdentifier(new byte[20]),
            CertificateExtensions.SubjectAltName(GeneralNames.Parse("dNSName=from.request").OrThrow(), critical: true)])]);

        Certificate issued = (await ca.IssueAsync(ca.Request("device", csr) with { CertificateProfile = "OWN" }, Cancel)).OrThrow().Certificate;

        Assert.IsFalse(issued.IsCa);
        Assert.AreEqual(KeyUsages.DigitalSignature | KeyUsages.KeyEncipherment, issued.KeyUsage);
        Assert.IsNull(issued.Extension(Oids.NameConstraints));
        Assert.IsNull(issued.Extension(Oids.OcspNoCheck));
        Assert.IsEmpty(issued.ExtendedKeyUsage);
        Assert.IsTrue(issued.AuthorityKeyIdentifier!.Value.Span.ContainsAnyExcept((byte)0));
        Assert.AreEqual(extensions ? "dNSName=from.request" : null, issued.SubjectAltName?.ToString());
        Assert.AreEqual(extensions, issued.Extension(Oids.SubjectAltName)?.Critical ?? false, "An override brings its own criticality.");
    }

    [TestMethod]
    [DataRow(false, KeyUsages.DigitalSignature | KeyUsages.KeyEncipherment)]
    [DataRow(true, KeyUsages.KeyAgreement)]
    public async Task A_harmless_key_usage_of_the_request_counts_behind_its_switch(bool allowed, KeyUsages expected)
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        await SetAsync(ca, new() { AllowKeyUsageOverride = allowed });
        CertificationRequest csr = TestCa.Csr("CN=x", KeyPair.Generate("P-256"), [RequestAttribute.ForExtensions([CertificateExtensions.KeyUsage(KeyUsages.KeyAgreement)])]);

        Assert.AreEqual(expected, (await ca.IssueAsync(ca.Request("device", csr) with { CertificateProfile = "OWN" }, Cancel)).OrThrow().Certificate.KeyUsage);
    }

    [TestMethod]
    [DataRow(false, "CN=device,O=Test")]
    [DataRow(true, "CN=from request,C=DE")]
    public async Task The_subject_of_the_request_byte_for_byte_behind_its_switch(bool allowed, string expected)
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        await SetAsync(ca, new() { AllowDnOverride = allowed });
        var key = KeyPair.Generate("P-256");
        DistinguishedName subject = DistinguishedName.Parse("CN=from request,C=DE", new() { LdapOrder = false, UsePrintableString = true }).OrThrow();
        CertificationRequest csr = CertificationRequest.Create(subject, key, System.Security.Cryptography.HashAlgorithmName.SHA256);

        Certificate issued = (await ca.IssueAsync(ca.Request("device", csr) with { CertificateProfile = "OWN" }, Cancel)).OrThrow().Certificate;

        Assert.AreEqual(expected, issued.Subject.ToString());
        Assert.AreEqual(allowed, issued.Subject.EncodedEquals(subject));
    }

    [TestMethod]
    public async Task Dates_of_the_end_entity_count_behind_their_switch_and_never_beyond_the_CA()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        await SetAsync(ca, new() { AllowValidityOverride = true });
        DateTimeOffset now = ca.Clock.GetUtcNow();
        IssuanceRequest Ask(string user, string start, string end) => ca.Request(user) with { CertificateProfile = "OWN", EndEntityProfile = "DATES", StartTime = start, EndTime = end };
        (await ca.Get<ProfileStore>().SetAsync(ca.Admin, "DATES", FixedProfiles.Empty with { StartTime = new() { Use = true }, EndTime = new() { Use = true }, DefaultCertificateProfile = "ENDUSER" }, Cancel)).OrThrow();

        Certificate near = (await ca.IssueAsync(Ask("near", "1:0:0", "2:12:30"), Cancel)).OrThrow().Certificate;
        Assert.AreEqual(now.AddDays(1), near.NotBefore);
        Assert.AreEqual(now.AddDays(2).AddHours(12).AddMinutes(30), near.NotAfter);
        Certificate far = (await ca.IssueAsync(Ask("far", "0:0:0", "2300-01-01 00:00"), Cancel)).OrThrow().Certificate;
        Assert.AreEqual((await ca.Get<Ca.Core.Authorities.CertificateAuthorities>().FindAsync(TestCa.RootName, Cancel))!.Certificate.NotAfter, far.NotAfter);
        FlawTests.Refused(Pki.Protocols.Trust.RefusalCode.PolicyViolation, "end before it begins", await ca.IssueAsync(Ask("past", "0:0:0", "2020-01-01 00:00"), Cancel));
        FlawTests.Refused(Pki.Protocols.Trust.RefusalCode.PolicyViolation, "startTime must not be given", await ca.IssueAsync(ca.Request("x") with { CertificateProfile = "OWN", StartTime = "1:0:0" }, Cancel));
    }

    /// <summary>A renewal is for the names that are renewed: nobody has registered, checked or approved others.</summary>
    [TestMethod]
    [DataRow(true, DisplayName = "by the holder")]
    [DataRow(false, DisplayName = "by an RA that names the certificate")]
    public async Task A_renewal_brings_no_other_names_along_whatever_the_profile_allows(bool holder)
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        await SetAsync(ca, new() { AllowExtensionOverride = true, AllowDnOverride = true });
        Certificate old = (await ca.IssueAsync(ca.Request("device", Asking("CN=device,O=Test", "dNSName=device.example")) with { CertificateProfile = "OWN" }, Cancel)).OrThrow().Certificate;
        Assert.AreEqual("dNSName=device.example", old.SubjectAltName?.ToString());
        Assert.AreEqual("dNSName=device.example", await ca.ExecuteAsync("select subject_alt_name from certificate where username = 'device'", Cancel), "The row says what the certificate says.");
        IssuanceRequest Renewal(string subject, string altName) => new()
        {
            Actor = ca.Admin,
            PlanKey = TestCa.Key(Guid.NewGuid().ToString("n")),
            Username = "device",
            Request = Asking(subject, altName),
            RenewedCertificate = holder ? old : null,
            ReplacedCertificate = holder ? null : old,
        };

        Certificate other = (await ca.IssueAsync(Renewal("CN=bank", "dNSName=bank.example"), Cancel)).OrThrow().Certificate;
        Assert.AreEqual("CN=device,O=Test", other.Subject.ToString(), "What is registered.");
        Assert.IsNull(other.SubjectAltName);

        Certificate same = (await ca.IssueAsync(Renewal("CN=device,O=Test", "dNSName=device.example"), Cancel)).OrThrow().Certificate;
        Assert.AreEqual("CN=device,O=Test", same.Subject.ToString());
        Assert.AreEqual("dNSName=device.example", same.SubjectAltName?.ToString());
    }

    [TestMethod]
    public async Task An_extension_that_cannot_be_read_never_comes_through()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        await SetAsync(ca, new() { AllowExtensionOverride = true });
        var garbage = new CertificateExtension(Oids.PolicyConstraints, true, new byte[] { 0xFF });
        CertificationRequest csr = TestCa.Csr("CN=x", KeyPair.Generate("P-256"), [RequestAttribute.ForExtensions([garbage, new(Oids.SubjectDirectoryAttributes, false, new byte[] { 0x30, 0x00 })])]);

        Certificate issued = (await ca.IssueAsync(ca.Request("device", csr) with { CertificateProfile = "OWN" }, Cancel)).OrThrow().Certificate;

        Assert.IsNull(issued.Extension(Oids.PolicyConstraints));
        Assert.IsNotNull(issued.Extension(Oids.SubjectDirectoryAttributes));
    }

    /// <summary>CMP-C-4: whatever form the request has (RFC 6402 §2.10, RFC 9810 §4.5).</summary>
    [TestMethod]
    [DataRow(Oids.CmcCa)]
    [DataRow(Oids.CmcRa)]
    [DataRow(Oids.CmcArchive)]
    [DataRow(Oids.CmKga)]
    public async Task A_purpose_that_speaks_for_the_CA_never_comes_from_a_request(string purpose)
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        await SetAsync(ca, new() { AllowExtensionOverride = true });
        CertificationRequest csr = TestCa.Csr("CN=x", KeyPair.Generate("P-256"), [RequestAttribute.ForExtensions([CertificateExtensions.ExtendedKeyUsage([Oids.ClientAuth, purpose])])]);

        Assert.IsEmpty((await ca.IssueAsync(ca.Request("device", csr) with { CertificateProfile = "OWN" }, Cancel)).OrThrow().Certificate.ExtendedKeyUsage);
    }

    private static CertificationRequest Asking(string subject, string altName) =>
        TestCa.Csr(subject, KeyPair.Generate("P-256"), [RequestAttribute.ForExtensions([CertificateExtensions.SubjectAltName(GeneralNames.Parse(altName).OrThrow(), critical: false)])]);

    private async Task SetAsync(TestCa ca, CertificateProfile profile) => (await ca.Get<ProfileStore>().SetAsync(ca.Admin, "OWN", profile, Cancel)).OrThrow();
}
