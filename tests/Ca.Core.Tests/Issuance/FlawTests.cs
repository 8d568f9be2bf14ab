using Ca.Core.EndEntities;
using Ca.Core.Issuance;
using Ca.Core.Profiles;
using Ca.Core.Roles;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Tests.Issuance;

/// <summary>FLAWS E: what the legacy design did to end entities, each survived.</summary>
[TestClass]
public sealed class FlawTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow("foo123")]
    [DataRow("password")]
    public async Task Flaw_E2_a_password_that_everybody_knows_is_refused(string text)
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        using Secret secret = Secret.FromText(text);

        Refused(RefusalCode.PolicyViolation, "password", await ca.Get<EndEntityStore>().SetAsync(ca.Admin, Data("user") with { Secret = secret }, Cancel));
    }

    [TestMethod]
    public async Task Flaw_E2_an_enrolment_by_an_RA_leaves_nobody_behind_who_could_enrol_with_a_password()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        (await ca.IssueAsync(ca.Request("device"), Cancel)).OrThrow();
        Refused(RefusalCode.PolicyViolation, "subject", await ca.IssueAsync(ca.Request("failed") with { SubjectDn = "O=no common name" }, Cancel));

        Assert.IsFalse((await ca.Get<EndEntityStore>().FindAsync("device", Cancel))!.HasSecret);
        Assert.IsNull(await ca.Get<EndEntityStore>().FindAsync("failed", Cancel));
        foreach (string guess in new[] { "foo123", "", "NULL" })
        {
            using Secret secret = Secret.FromText(guess);
            Refused(RefusalCode.NotAuthorized, "Wrong user name or secret", await ca.IssueAsync(ca.Request("device") with { CreateOrEditUser = false, Secret = secret }, Cancel));
        }
    }

    [TestMethod]
    public async Task Flaw_E3_a_request_for_somebody_elses_public_key_is_refused()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        byte[] broken = TestCa.Csr("CN=device").Encoded.ToArray();
        broken[^3] ^= 1;
        CertificationRequest stolen = Der.Decode<CertificationRequest>(broken).OrThrow();

        Refused(RefusalCode.BadSignature, "Proof of possession", await ca.IssueAsync(ca.Request("device", stolen), Cancel));
        Assert.AreEqual("0", await ca.ExecuteAsync("select count(*) from certificate where username = 'device'", Cancel));
    }

    [TestMethod]
    [DataRow(EndEntityStatus.New)]
    [DataRow(EndEntityStatus.InProcess)]
    [DataRow(EndEntityStatus.Generated)]
    [DataRow(EndEntityStatus.Failed)]
    public async Task Flaw_E4_the_certificate_says_what_the_request_says_whatever_was_registered_before(EndEntityStatus status)
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        (await ca.Get<EndEntityStore>().SetAsync(ca.Admin, Data("device") with { SubjectDn = "CN=old name,O=Test", SubjectAltName = "dNSName=old.example" }, Cancel)).OrThrow();
        (await ca.Get<EndEntityStore>().SetStatusAsync(ca.Admin, "device", status, Cancel)).OrThrow();

        Issued issued = (await ca.IssueAsync(ca.Request("device") with { SubjectDn = "CN=new name,O=Test", SubjectAltName = "dNSName=new.example" }, Cancel)).OrThrow();

        Assert.AreEqual("CN=new name,O=Test", issued.Certificate.Subject.ToString());
        Assert.AreEqual("dNSName=new.example", issued.Certificate.SubjectAltName!.ToString());
        EndEntityView user = (await ca.Get<EndEntityStore>().FindAsync("device", Cancel))!;
        Assert.AreEqual("CN=new name,O=Test", user.SubjectDn);
        Assert.AreEqual("dNSName=new.example", user.SubjectAltName);
    }

    [TestMethod]
    public async Task Flaw_E4_without_the_right_to_edit_a_request_that_says_something_else_fails()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        using Secret secret = Secret.FromText("one-time secret");
        (await ca.Get<EndEntityStore>().SetAsync(ca.Admin, Data("device") with { Secret = secret }, Cancel)).OrThrow();

        Refused(RefusalCode.Conflict, "other data", await ca.IssueAsync(ca.Request("device") with { CreateOrEditUser = false, Secret = secret, SubjectDn = "CN=somebody else,O=Test" }, Cancel));
    }

    [TestMethod]
    public async Task Flaw_E5_a_revoked_user_comes_back_only_when_asked_for_by_somebody_with_the_right()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        (await ca.IssueAsync(ca.Request("device"), Cancel)).OrThrow();
        (await ca.Get<EndEntityStore>().SetStatusAsync(ca.Admin, "device", EndEntityStatus.Revoked, Cancel)).OrThrow();
        var ra = Actor.With("ra", RoleTemplates.Rules("RAADMINISTRATOR", [], []));

        Refused(RefusalCode.Revoked, "revoked", await ca.IssueAsync(ca.Request("device"), Cancel));
        Refused(RefusalCode.Revoked, "revoked", await ca.IssueAsync(ca.Request("device") with { Actor = ra }, Cancel));
        Refused(RefusalCode.NotAuthorized, "reactivate", await ca.IssueAsync(ca.Request("device") with { Actor = ra, ReactivateRevokedUser = true }, Cancel));
        Assert.AreEqual(EndEntityStatus.Revoked, (await ca.Get<EndEntityStore>().FindAsync("device", Cancel))!.Status);
        (await ca.IssueAsync(ca.Request("device") with { ReactivateRevokedUser = true }, Cancel)).OrThrow();
    }

    [TestMethod]
    public async Task Flaw_E6_a_refused_request_leaves_no_trace_but_in_the_audit_log()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        (await ca.Get<EndEntityStore>().SetAsync(ca.Admin, Data("device"), Cancel)).OrThrow();
        string before = await ca.ExecuteAsync("select md5(string_agg(e::text || xmin::text, ',')) from end_entity e", Cancel);

        Refused(RefusalCode.WeakKey, "RSA", await ca.IssueAsync(ca.Request("device", TestCa.Csr("CN=device", WeakRsa())), Cancel));

        Assert.AreEqual(before, await ca.ExecuteAsync("select md5(string_agg(e::text || xmin::text, ',')) from end_entity e", Cancel));
        Assert.AreEqual("0", await ca.ExecuteAsync("select count(*) from issuance_plan", Cancel));
        Assert.AreEqual("0", await ca.ExecuteAsync("select count(*) from issuance_claim", Cancel));
    }

    [TestMethod]
    [DataRow("caName", DisplayName = "unknown CA")]
    [DataRow("certificateProfile", DisplayName = "unknown certificate profile")]
    [DataRow("endEntityProfile", DisplayName = "unknown end entity profile")]
    public async Task Flaw_E8_everything_is_checked_before_anything_is_signed_and_the_refusal_names_the_field(string field)
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        IssuanceRequest request = ca.Request("device");
        request = field switch
        {
            "caName" => request with { CaName = "nowhere" },
            "certificateProfile" => request with { CertificateProfile = "nothing" },
            _ => request with { EndEntityProfile = "nobody" },
        };

        Refused(RefusalCode.NotFound, field, await ca.IssueAsync(request, Cancel));
        Assert.AreEqual("0", await ca.ExecuteAsync("select count(*) from audit_record where event = 'CERT_REQUEST'", Cancel));
    }

    [TestMethod]
    public async Task Flaw_E12_an_RA_enrols_with_the_rights_of_its_template_and_nothing_more()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        var ra = Actor.With("ra", RoleTemplates.Rules("RAADMINISTRATOR", [], [1]));
        (await ca.IssueAsync(ca.Request("device") with { Actor = ra }, Cancel)).OrThrow();
        (await ca.IssueAsync(ca.Request("device") with { Actor = ra }, Cancel)).OrThrow();

        foreach (string missing in new[] { AccessResources.CreateCertificate, AccessResources.CreateEndEntity, "/endentityprofilesrules/1/create_end_entity", AccessResources.AnyCa })
        {
            var weaker = Actor.With("ra", RoleTemplates.Rules("RAADMINISTRATOR", [], [1]).Where(r => r.Resource != missing));
            Refused(RefusalCode.NotAuthorized, "may not", await ca.IssueAsync(ca.Request("another") with { Actor = weaker }, Cancel));
        }
    }

    internal static void Refused<T>(RefusalCode code, string words, Outcome<T> outcome)
        where T : class
    {
        Assert.IsFalse(outcome.Succeeded(out _, out Refusal? refusal), "It was accepted.");
        Assert.AreEqual(code, refusal.Code, refusal.Detail);
        Assert.Contains(words, refusal.Detail, StringComparison.OrdinalIgnoreCase);
    }

    internal static KeyPair WeakRsa() => KeyPair.FromRsa(System.Security.Cryptography.RSA.Create(1024));

    private static EndEntityData Data(string username) => new()
    {
        Username = username,
        SubjectDn = $"CN={username},O=Test",
        CaName = TestCa.RootName,
        EndEntityProfile = FixedProfiles.Empty.Name,
    };
}
