using Ca.Core.EndEntities;
using Ca.Core.Profiles;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using static Ca.Core.Tests.Issuance.FlawTests;

namespace Ca.Core.Tests.Profiles;

/// <summary>CA_CORE §5.2, §6: profiles as JSON, and what is refused before it is saved.</summary>
[TestClass]
public sealed class ProfileStoreTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task What_is_shown_can_be_set_again_and_says_the_same()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        ProfileStore profiles = ca.Get<ProfileStore>();
        string json = ProfileStore.ToJson(FixedProfiles.EndUser);
        (await profiles.SetCertificateProfileAsync(ca.Admin, "COPY", json, Cancel)).OrThrow();
        (await profiles.SetEndEntityProfileAsync(ca.Admin, "COPY", ProfileStore.ToJson(FixedProfiles.Empty), Cancel)).OrThrow();

        Assert.AreEqual(json, ProfileStore.ToJson((await profiles.ListCertificateProfilesAsync(Cancel)).Single(p => p.Name == "COPY")));
        Assert.AreEqual(ProfileStore.ToJson(FixedProfiles.Empty), ProfileStore.ToJson((await profiles.ListEndEntityProfilesAsync(Cancel)).Single(p => p.Name == "COPY")));
        Assert.Contains("\"DigitalSignature, NonRepudiation, KeyEncipherment\"", json);
    }

    [TestMethod]
    [DataRow("""{ "validty": "5d" }""", "validty", DisplayName = "a misspelt member")]
    [DataRow("""{ "validity": "soon" }""", "validity", DisplayName = "an unreadable validity")]
    [DataRow("""{ "allowedKeys": ["RSA1024"] }""", "allowedKeys", DisplayName = "a short key")]
    [DataRow("""{ "keyUsage": { "usages": "KeyCertSign" } }""", "keyCertSign", DisplayName = "CA rights for an end entity")]
    [DataRow("""{ "type": "SubCa", "keyUsage": { "usages": "CrlSign" } }""", "keyCertSign", DisplayName = "a CA that may not sign")]
    [DataRow("""{ "type": "SubCa", "basicConstraints": { "use": false }, "keyUsage": { "usages": "KeyCertSign" } }""", "basicConstraints", DisplayName = "a CA that does not say so")]
    [DataRow("""{ "basicConstraints": { "pathLength": 1 } }""", "pathLength", DisplayName = "a path length for an end entity")]
    [DataRow("""{ "extendedKeyUsage": { "use": true } }""", "extendedKeyUsage", DisplayName = "an empty purpose list")]
    [DataRow("""{ "extendedKeyUsage": { "use": true, "purposes": ["1.3.x"] } }""", "1.3.x", DisplayName = "no OID")]
    [DataRow("""{ "crlDistributionPoints": { "use": true, "uris": ["nowhere in particular"] } }""", "URI", DisplayName = "no URI")]
    [DataRow("""{ "customExtensions": [ { "oid": "1.2.3", "value": "xyz" } ] }""", "hex", DisplayName = "no hex")]
    [DataRow("""{ "signatureDigest": "MD5" }""", "signatureDigest", DisplayName = "MD5")]
    public async Task A_certificate_profile_that_cannot_be_is_refused_and_the_member_is_named(string json, string words)
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        Outcome<CertificateProfile> outcome = await ca.Get<ProfileStore>().SetCertificateProfileAsync(ca.Admin, "BAD", json, Cancel);
        Assert.IsFalse(outcome.Succeeded(out _, out Refusal? refusal));
        Assert.Contains(words, refusal.Detail, StringComparison.OrdinalIgnoreCase);
    }

    [TestMethod]
    [DataRow("""{ "subjectFields": [ { "type": "NONSENSE" } ] }""", "NONSENSE", DisplayName = "an unknown attribute")]
    [DataRow("""{ "altNameFields": [ { "type": "CN" } ] }""", "CN", DisplayName = "an unknown SAN type")]
    [DataRow("""{ "subjectFields": [ { "type": "O", "modifiable": false } ] }""", "has no value", DisplayName = "fixed to nothing")]
    [DataRow("""{ "subjectFields": [ { "type": "O", "regex": "(a)\\1" } ] }""", "regex", DisplayName = "a regex that could take for ever")]
    [DataRow("""{ "certificateProfiles": ["SERVER"] }""", "defaultCertificateProfile", DisplayName = "a default that is not available")]
    [DataRow("""{ "certificateProfiles": ["NOPE"], "defaultCertificateProfile": "NOPE" }""", "NOPE", DisplayName = "an unknown certificate profile")]
    [DataRow("""{ "allowedRequests": { "use": true, "value": "9" } }""", "allowedRequests", DisplayName = "too many requests")]
    [DataRow("""{ "tokenTypes": [] }""", "tokenTypes", DisplayName = "no token type")]
    public async Task An_end_entity_profile_that_cannot_be_is_refused_and_the_member_is_named(string json, string words)
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        Outcome<EndEntityProfile> outcome = await ca.Get<ProfileStore>().SetEndEntityProfileAsync(ca.Admin, "BAD", json, Cancel);
        Assert.IsFalse(outcome.Succeeded(out _, out Refusal? refusal));
        Assert.Contains(words, refusal.Detail, StringComparison.OrdinalIgnoreCase);
    }

    [TestMethod]
    public async Task Fixed_profiles_cannot_be_changed_nor_used_ones_removed()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        ProfileStore profiles = ca.Get<ProfileStore>();
        Refused(RefusalCode.PolicyViolation, "fixed", await profiles.SetAsync(ca.Admin, "ENDUSER", new CertificateProfile(), Cancel));
        Refused(RefusalCode.PolicyViolation, "fixed", await profiles.SetAsync(ca.Admin, "EMPTY", new EndEntityProfile(), Cancel));
        Refused(RefusalCode.NotFound, "removed", await profiles.DeleteCertificateProfileAsync(ca.Admin, "ENDUSER", Cancel));

        (await profiles.SetAsync(ca.Admin, "OWN", new CertificateProfile(), Cancel)).OrThrow();
        (await ca.IssueAsync(ca.Request("device") with { CertificateProfile = "OWN" }, Cancel)).OrThrow();
        Refused(RefusalCode.Conflict, "use", await profiles.DeleteCertificateProfileAsync(ca.Admin, "OWN", Cancel));
        (await ca.Get<EndEntityStore>().DeleteAsync(ca.Admin, "device", Cancel)).OrThrow();
        (await profiles.DeleteCertificateProfileAsync(ca.Admin, "OWN", Cancel)).OrThrow();
    }

    [TestMethod]
    public async Task A_profile_does_not_take_the_approvals_with_it_that_its_certificates_need()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        ProfileStore profiles = ca.Get<ProfileStore>();
        var strict = new CertificateProfile { Approvals = new() { Revocation = 2 } };
        (await profiles.SetAsync(ca.Admin, "STRICT", strict, Cancel)).OrThrow();
        (await ca.IssueAsync(ca.Request("device") with { CertificateProfile = "STRICT" }, Cancel)).OrThrow();
        (await ca.Get<EndEntityStore>().DeleteAsync(ca.Admin, "device", Cancel)).OrThrow();

        Refused(RefusalCode.Conflict, "approvals", await profiles.DeleteCertificateProfileAsync(ca.Admin, "STRICT", Cancel));

        (await profiles.SetAsync(ca.Admin, "STRICT", strict with { Approvals = new() }, Cancel)).OrThrow();
        (await profiles.DeleteCertificateProfileAsync(ca.Admin, "STRICT", Cancel)).OrThrow();
    }

    [TestMethod]
    public async Task A_change_counts_for_the_next_request_also_in_other_processes()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        await using TestCa other = await ca.AnotherProcessAsync(Cancel);
        (await ca.Get<ProfileStore>().SetAsync(ca.Admin, "OWN", new CertificateProfile { Validity = "10d" }, Cancel)).OrThrow();
        (await other.IssueAsync(ca.Request("first") with { CertificateProfile = "OWN" }, Cancel)).OrThrow();

        (await ca.Get<ProfileStore>().SetAsync(ca.Admin, "OWN", new CertificateProfile { Validity = "20d" }, Cancel)).OrThrow();

        Certificate issued = (await other.IssueAsync(ca.Request("second") with { CertificateProfile = "OWN" }, Cancel)).OrThrow().Certificate;
        Assert.AreEqual(TimeSpan.FromDays(20), issued.NotAfter - issued.NotBefore);
    }

    [TestMethod]
    public async Task The_e_mail_address_gets_into_the_SAN_where_the_profile_says_so()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        (await ca.Get<ProfileStore>().SetAsync(ca.Admin, "MAIL", FixedProfiles.Empty with { Email = new() { AddToSubjectAltName = true } }, Cancel)).OrThrow();
        Certificate issued = (await ca.IssueAsync(ca.Request("device") with { EndEntityProfile = "MAIL", Email = "a@example.org", SubjectAltName = "dNSName=a.example" }, Cancel)).OrThrow().Certificate;
        Assert.AreEqual("dNSName=a.example,rfc822Name=a@example.org", issued.SubjectAltName!.ToString());
    }
}
