using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Ca.Core.Ledger;
using Ca.Core.Profiles;
using Ca.Core.Roles;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using static Ca.Core.Tests.Issuance.FlawTests;

namespace Ca.Core.Tests.Roles;

/// <summary>CA_CORE §12.3, §17 check 10, FLAWS C6 to C8.</summary>
[TestClass]
public sealed class AdministratorRegisterTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task A_member_of_a_role_gets_the_rights_of_its_roles()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        Certificate ra = await RaAsync(ca);

        Actor actor = (await IdentifyAsync(ca, ra)).OrThrow();

        Assert.AreEqual("CN=ra,O=Test", actor.Name);
        CollectionAssert.AreEqual(new[] { "RAs" }, actor.Roles.ToArray());
        Assert.IsTrue(actor.May(AccessResources.CreateCertificate));
        Assert.IsFalse(actor.May(AccessResources.CreateCrl));
        Assert.AreSame(actor, (await IdentifyAsync(ca, ra)).OrThrow(), "remembered");
    }

    [TestMethod]
    [DataRow(MatchWith.CertificateSerialNumber, "{serial}", true, DisplayName = "serial in lower case")]
    [DataRow(MatchWith.CertificateSerialNumber, "{SERIAL}", true, DisplayName = "serial in upper case")]
    [DataRow(MatchWith.CertificateSerialNumber, "000{serial}", true, DisplayName = "serial with leading zeros")]
    [DataRow(MatchWith.CertificateSerialNumber, "{serial}0", false, DisplayName = "another serial")]
    [DataRow(MatchWith.CommonName, "ra", true)]
    [DataRow(MatchWith.CommonName, "RA", false, DisplayName = "common name in another case")]
    [DataRow(MatchWith.CommonName, "r", false, DisplayName = "part of the common name")]
    [DataRow(MatchWith.Organization, "Test", true)]
    [DataRow(MatchWith.FullDn, "CN=ra,O=Test", true)]
    [DataRow(MatchWith.FullDn, "cn=ra,o=test", false, DisplayName = "full DN in another case: exactly as named")]
    [DataRow(MatchWith.Rfc822Name, "ra@example.org", true)]
    [DataRow(MatchWith.Country, "SE", false)]
    public async Task Members_are_recognised_by_what_their_entry_names(MatchWith with, string value, bool expected)
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        Certificate ra = (await ca.IssueAsync(ca.Request("ra") with { SubjectAltName = "rfc822Name=ra@example.org" }, Cancel)).OrThrow().Certificate;
        string serial = ra.Serial.ToString();
        value = value.Replace("{serial}", serial, StringComparison.Ordinal).Replace("{SERIAL}", serial.ToUpperInvariant(), StringComparison.Ordinal);
        await MemberAsync(ca, TestCa.RootName, with, value);

        if (expected)
        {
            (await IdentifyAsync(ca, ra)).OrThrow();
        }
        else
        {
            Refused(RefusalCode.NotAuthorized, "not a member", await IdentifyAsync(ca, ra));
        }
    }

    [TestMethod]
    public async Task The_same_name_from_another_CA_is_somebody_else()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        (await ca.Get<CertificateAuthorities>().CreateAsync(ca.Admin, new() { Name = "Other", SubjectDn = "CN=Other", Token = "keys", KeyAlias = "other", KeySpec = "P-256" }, Cancel)).OrThrow();
        await MemberAsync(ca, TestCa.RootName, MatchWith.CommonName, "ra");
        Certificate stranger = (await ca.IssueAsync(ca.Request("ra") with { CaName = "Other" }, Cancel)).OrThrow().Certificate;

        Refused(RefusalCode.UnknownIssuer, "not issued by", await IdentifyAsync(ca, stranger));
        Refused(RefusalCode.NotAuthorized, "not a member", await IdentifyAsync(ca, stranger, "Other"));
        Refused(RefusalCode.UnknownIssuer, "no CA", await IdentifyAsync(ca, stranger, "Nowhere"));
    }

    [TestMethod]
    public async Task A_certificate_that_only_claims_its_issuer_is_told_from_one_that_has_it()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        await using TestCa forger = await TestCa.StartEmptyAsync(Cancel);
        using Secret pin = Secret.FromText("x");
        (await forger.Get<Ca.Core.Keys.CryptoTokens>().CreateAsync(forger.Admin, "keys", pin, Cancel)).OrThrow();
        (await forger.Get<CertificateAuthorities>().CreateAsync(forger.Admin, new() { Name = TestCa.RootName, SubjectDn = "CN=Root,O=Test,C=SE", Token = "keys", KeySpec = "P-256" }, Cancel)).OrThrow();
        Certificate forged = (await forger.IssueAsync(forger.Request("ra"), Cancel)).OrThrow().Certificate;
        await MemberAsync(ca, TestCa.RootName, MatchWith.CommonName, "ra");

        Refused(RefusalCode.BadSignature, "did not sign", await IdentifyAsync(ca, forged));
    }

    [TestMethod]
    public async Task Time_and_revocation_are_looked_at_again_and_again()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        Certificate ra = await RaAsync(ca);
        AdministratorRegister register = ca.Get<AdministratorRegister>();
        (await IdentifyAsync(ca, ra)).OrThrow();

        await ca.ExecuteAsync("update certificate set status = 40, revocation_reason = 6 where username = 'ra'", Cancel);
        await register.RefreshAsync(new HashSet<string> { AdministratorRegister.FingerprintOf(ra) }, Cancel);
        Refused(RefusalCode.Revoked, "revoked", await IdentifyAsync(ca, ra));

        await ca.ExecuteAsync("update certificate set status = 20, revocation_reason = 8 where username = 'ra'", Cancel);
        ca.Clock.Advance(TimeSpan.FromSeconds(2));
        (await IdentifyAsync(ca, ra)).OrThrow();

        ca.Clock.Advance(TimeSpan.FromDays(800));
        Refused(RefusalCode.Expired, "not valid", await IdentifyAsync(ca, ra));
    }

    [TestMethod]
    public async Task Changes_of_roles_count_at_once()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        Certificate ra = await RaAsync(ca);
        RoleStore roles = ca.Get<RoleStore>();
        Assert.IsFalse((await IdentifyAsync(ca, ra)).OrThrow().May(AccessResources.CreateCrl));

        (await roles.AddRuleAsync(ca.Admin, "RAs", new(AccessResources.CreateCrl, AccessDecision.Accept), Cancel)).OrThrow();
        Assert.IsTrue((await IdentifyAsync(ca, ra)).OrThrow().May(AccessResources.CreateCrl));
        (await roles.RemoveRuleAsync(ca.Admin, "RAs", AccessResources.CreateCrl, Cancel)).OrThrow();
        Assert.IsFalse((await IdentifyAsync(ca, ra)).OrThrow().May(AccessResources.CreateCrl));

        RoleMember member = (await roles.ListAsync(Cancel)).Single().Members.Single();
        (await roles.RemoveMemberAsync(ca.Admin, "RAs", member.Id, Cancel)).OrThrow();
        Refused(RefusalCode.NotAuthorized, "not a member", await IdentifyAsync(ca, ra));
        (await roles.DeleteAsync(ca.Admin, "RAs", Cancel)).OrThrow();
        Assert.IsEmpty(await roles.ListAsync(Cancel));
    }

    [TestMethod]
    public async Task Flaw_C6_a_certificate_without_digitalSignature_signs_no_requests()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        (await ca.Get<ProfileStore>().SetAsync(ca.Admin, "ENC", new CertificateProfile { KeyUsage = new() { Usages = KeyUsages.KeyEncipherment } }, Cancel)).OrThrow();
        (await ca.Get<ProfileStore>().SetAsync(ca.Admin, "NONE", new CertificateProfile { KeyUsage = new() { Use = false } }, Cancel)).OrThrow();
        await MemberAsync(ca, TestCa.RootName, MatchWith.Organization, "Test");
        foreach (string profile in new[] { "ENC", "NONE" })
        {
            Certificate signer = (await ca.IssueAsync(ca.Request("ra-" + profile) with { CertificateProfile = profile }, Cancel)).OrThrow().Certificate;
            Refused(RefusalCode.WrongKeyUsage, "not for digital signatures", await IdentifyAsync(ca, signer));
        }
    }

    [TestMethod]
    public async Task Flaw_C6_the_certificate_of_a_CA_signs_no_requests()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        CertificateAuthority sub = (await ca.Get<CertificateAuthorities>().CreateAsync(ca.Admin, new() { Name = "Sub", SubjectDn = "CN=Sub,O=Test", SignedBy = TestCa.RootName, Token = "keys", KeyAlias = "sub", KeySpec = "P-256" }, Cancel)).OrThrow();
        await MemberAsync(ca, TestCa.RootName, MatchWith.Organization, "Test");

        Refused(RefusalCode.WrongKeyUsage, "that of a CA", await IdentifyAsync(ca, sub.Certificate));
        Refused(RefusalCode.WrongKeyUsage, "that of a CA", await IdentifyAsync(ca, sub.Chain[1]));
    }

    [TestMethod]
    public async Task Flaw_C7_a_signer_of_an_external_CA_is_refused_when_that_CA_has_revoked_it()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        await using TestCa partner = await TestCa.StartEmptyAsync(Cancel);
        using Secret pin = Secret.FromText("x");
        (await partner.Get<Ca.Core.Keys.CryptoTokens>().CreateAsync(partner.Admin, "keys", pin, Cancel)).OrThrow();
        CertificateAuthority foreign = (await partner.Get<CertificateAuthorities>().CreateAsync(partner.Admin, new() { Name = TestCa.RootName, SubjectDn = "CN=Partner", Token = "keys", KeySpec = "P-256" }, Cancel)).OrThrow();
        Certificate ra = (await partner.IssueAsync(partner.Request("ra"), Cancel)).OrThrow().Certificate;

        (await ca.Get<CertificateAuthorities>().ImportAsync(ca.Admin, "Partner", foreign.Chain, Cancel)).OrThrow();
        await MemberAsync(ca, "Partner", MatchWith.Organization, "Test");
        Refused(RefusalCode.NotFound, "not in the certificate store", await IdentifyAsync(ca, ra, "Partner"));
        (await ca.Get<CertificateStore>().ImportAsync(ca.Admin, "Partner", ra, "ra", Cancel)).OrThrow();
        ca.Clock.Advance(TimeSpan.FromSeconds(2));
        (await IdentifyAsync(ca, ra, "Partner")).OrThrow();

        var work = new CaWork();
        (await partner.Get<Revoker>().RevokeAsync(new() { Actor = partner.Admin, CaName = TestCa.RootName, Serial = ra.Serial.ToString(), Reason = RevocationReason.KeyCompromise }, work, Cancel)).OrThrow();
        await partner.Ledger.CommitAsync(work, Cancel);
        CertificateList crl = Der.Decode<CertificateList>((await partner.Get<Crls>().CreateAsync(partner.Admin, TestCa.RootName, Cancel)).OrThrow().Encoded).OrThrow();
        Certificate other = (await partner.IssueAsync(partner.Request("other"), Cancel)).OrThrow().Certificate;
        (await ca.Get<CertificateStore>().ImportAsync(ca.Admin, "Partner", other, "other", Cancel)).OrThrow();
        (await ca.Get<Crls>().ImportAsync(ca.Admin, "Partner", crl, Cancel)).OrThrow();
        ca.Clock.Advance(TimeSpan.FromSeconds(2));

        (await IdentifyAsync(ca, other, "Partner")).OrThrow();
        Refused(RefusalCode.Revoked, "revoked", await IdentifyAsync(ca, ra, "Partner"));
        Refused(RefusalCode.Conflict, "not newer", await ca.Get<Crls>().ImportAsync(ca.Admin, "Partner", crl, Cancel));

        ca.Clock.Advance(crl.NextUpdate!.Value + TimeSpan.FromDays(1) - ca.Clock.GetUtcNow());
        (await IdentifyAsync(ca, other, "Partner")).OrThrow();
        ca.Clock.Advance(TimeSpan.FromSeconds(2));
        Refused(RefusalCode.Expired, "nobody knows", await IdentifyAsync(ca, other, "Partner"));
    }

    [TestMethod]
    public async Task Flaw_C8_that_the_issuer_is_right_is_not_enough()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        Certificate anybody = (await ca.IssueAsync(ca.Request("anybody"), Cancel)).OrThrow().Certificate;
        Refused(RefusalCode.NotAuthorized, "not a member of any role", await IdentifyAsync(ca, anybody));

        await MemberAsync(ca, TestCa.RootName, MatchWith.CommonName, "anybody");
        await ca.ExecuteAsync("delete from certificate where username = 'anybody'", Cancel);
        ca.Clock.Advance(TimeSpan.FromSeconds(2));
        Refused(RefusalCode.NotFound, "not in the certificate store", await IdentifyAsync(ca, anybody));
    }

    private async Task<Certificate> RaAsync(TestCa ca)
    {
        Certificate ra = (await ca.IssueAsync(ca.Request("ra"), Cancel)).OrThrow().Certificate;
        await MemberAsync(ca, TestCa.RootName, MatchWith.CertificateSerialNumber, ra.Serial.ToString());
        return ra;
    }

    private async Task MemberAsync(TestCa ca, string caName, MatchWith with, string value)
    {
        (await ca.Get<RoleStore>().CreateAsync(ca.Admin, "RAs", RoleTemplates.Rules("RAADMINISTRATOR", [], []), Cancel)).OrThrow();
        (await ca.Get<RoleStore>().AddMemberAsync(ca.Admin, "RAs", caName, with, value, Cancel)).OrThrow();
    }

    private Task<Outcome<Actor>> IdentifyAsync(TestCa ca, Certificate signer, string issuer = TestCa.RootName) => ca.Get<AdministratorRegister>().IdentifyAsync(signer, issuer, Cancel);
}
