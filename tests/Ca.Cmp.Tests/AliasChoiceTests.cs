using Ca.Core.Authorities;
using Ca.Core.Cmp;
using Ca.Core.Profiles;
using Ca.Core.Roles;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests;

/// <summary>CA and profiles that the message chooses (CMP-A-18 to ), and the names it gets (CMP-A-12 to A-14).</summary>
[TestClass]
public sealed class AliasChoiceTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    /// <summary>CMP-A-40: an alias names nothing that is not there, also later.</summary>
    [TestMethod]
    public async Task A_profile_that_an_alias_names_is_not_removed()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        ProfileStore profiles = ca.Get<ProfileStore>();
        (await profiles.SetAsync(ca.Admin, "Routers", FixedProfiles.EndUser, Cancel)).OrThrow();
        (await profiles.SetAsync(ca.Admin, "Site", FixedProfiles.Empty, Cancel)).OrThrow();
        await ca.ChangeAsync(alias => alias with { CertificateProfile = "Routers", EndEntityProfile = "Site" }, Cancel);

        Assert.AreEqual(RefusalCode.Conflict, RefusalOf(await profiles.DeleteCertificateProfileAsync(ca.Admin, "Routers", Cancel)));
        Assert.AreEqual(RefusalCode.Conflict, RefusalOf(await profiles.DeleteEndEntityProfileAsync(ca.Admin, "Site", Cancel)));

        await ca.ChangeAsync(alias => alias with { CertificateProfile = "ENDUSER", EndEntityProfile = "EMPTY" }, Cancel);
        (await profiles.DeleteCertificateProfileAsync(ca.Admin, "Routers", Cancel)).OrThrow();
        (await profiles.DeleteEndEntityProfileAsync(ca.Admin, "Site", Cancel)).OrThrow();

        static RefusalCode? RefusalOf<T>(Outcome<T> outcome)
            where T : class => outcome.Succeeded(out _, out Refusal? refusal) ? null : refusal.Code;
    }

    [TestMethod]
    public async Task The_senderKID_chooses_the_profile_among_those_that_are_offered()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        await AddProfilesAsync(ca);
        await ca.ChangeAsync(alias => alias with { CertificateProfile = CmpAlias.ByKeyId, EndEntityProfile = CmpAlias.ByKeyId, KeyIds = ["tls"] }, Cancel);
        TestClient client = TestClient.WithSecret(ca, "tls");

        Certificate issued = Answers.CertificateOf(await client.IrAsync("CN=device,O=Test", Cancel));

        Answers.IsConfirmation(await client.ConfirmAsync(issued, Cancel));
        Assert.Contains("1.3.6.1.5.5.7.3.1", issued.ExtendedKeyUsage);
        foreach (string other in (string[])["ipsec", "ENDUSER", "device-1"])
        {
            Answers.IsError(PkiFailureInfo.NotAuthorized, await TestClient.WithSecret(ca, other).IrAsync("CN=other,O=Test", Cancel));
        }

        Assert.AreEqual("1", await ca.IssuedAsync(Cancel));
    }

    [TestMethod]
    public async Task The_senderKID_chooses_the_CA_that_issues_and_answers()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel, alias => alias with { CaName = CmpAlias.ByKeyId, DefaultCa = CmpCa.CaName, KeyIds = [CmpCa.CaName, "Other"] });

        Certificate issued = Answers.CertificateOf(await TestClient.WithSecret(ca, "Other").IrAsync("CN=device,O=Test", Cancel));

        Assert.AreEqual("CN=Other,O=Test,C=SE", issued.Issuer.ToString());
        Assert.AreEqual(PkiBodyKind.GeneralResponse, (await TestClient.WithSecret(ca).SendAsync(new PkiBody.General(PkiBodyKind.GeneralMessage, []), Cancel)).Body.Kind);
        int root = (await ca.Get<CertificateAuthorities>().FindAsync(CmpCa.CaName, Cancel))!.Id;
        PkiMessage message = TestClient.WithSecret(ca, "Other") is var client ? client.Message(TestClient.Body(client.Request("CN=second,O=Test"))) : throw new InvalidOperationException();
        Outcome<byte[]> answer = await ca.SendAsync(message.Encoded, Cancel, call => call with { FrontEnd = Actor.With("proxy", [new(AccessResources.Ca(root), AccessDecision.Accept)]) });
        Answers.IsError(PkiFailureInfo.NotAuthorized, PkiMessage.Read(answer.OrThrow()).OrThrow());
    }

    [TestMethod]
    public async Task The_end_entity_profile_chooses_the_rest()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        await AddProfilesAsync(ca);
        await ca.ChangeAsync(alias => alias with { CaName = CmpAlias.ByProfile, DefaultCa = CmpCa.CaName, CertificateProfile = CmpAlias.ByProfile, EndEntityProfile = "tls" }, Cancel);

        Certificate issued = Answers.CertificateOf(await TestClient.WithSecret(ca).IrAsync("CN=device,O=Test", Cancel));

        Assert.AreEqual("CN=Other,O=Test,C=SE", issued.Issuer.ToString());
        Assert.Contains("1.3.6.1.5.5.7.3.1", issued.ExtendedKeyUsage);
    }

    [TestMethod]
    public async Task Choices_that_cannot_work_are_refused_when_they_are_saved()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        CmpAlias alias = (await ca.Get<CmpAliases>().FindAsync(CmpCa.Alias, Cancel))!;
        foreach (CmpAlias impossible in (CmpAlias[])
        [
            alias with { CertificateProfile = CmpAlias.ByKeyId },
            alias with { CertificateProfile = CmpAlias.ByKeyId, KeyIds = ["ENDUSER"] },
            alias with { CertificateProfile = CmpAlias.ByKeyId, KeyIds = ["nothing"] },
            alias with { CaName = CmpAlias.ByKeyId, KeyIds = [CmpCa.CaName] },
            alias with { Mode = CmpMode.Client, CaName = CmpAlias.ByKeyId, DefaultCa = CmpCa.CaName, KeyIds = [CmpCa.CaName] },
            alias with { EndEntityProfile = CmpAlias.ByProfile },
            alias with { VendorCas = [CmpCa.CaName] },
        ])
        {
            Assert.IsFalse((await ca.Get<CmpAliases>().SetAsync(ca.Admin, "x", impossible, Cancel)).Succeeded(out _, out _), impossible.ToString());
        }
    }

    [TestMethod]
    [DataRow(CmpNameScheme.Dn, "UID;SN;CN", "", "", "user1", DisplayName = "the first attribute that is there")]
    [DataRow(CmpNameScheme.Dn, "O", "a-", "-z", "a-Test-z", DisplayName = "any attribute, prefix and postfix")]
    [DataRow(CmpNameScheme.Fixed, "always", "", "", "always")]
    [DataRow(CmpNameScheme.Username, "", "", "", "CN=user1,O=Test")]
    [DataRow(CmpNameScheme.Fixed, "x", "", "-${RANDOM}", "x-__________")]
    [DataRow(CmpNameScheme.Random, "", "", "", "____________")]
    public async Task Names_of_new_end_entities(CmpNameScheme scheme, string parts, string prefix, string postfix, string expected)
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel, alias => alias with { NameGeneration = new(scheme, parts, prefix, postfix) });

        Answers.CertificateOf(await TestClient.WithSecret(ca).IrAsync("CN=user1,O=Test", Cancel));

        Assert.AreEqual("1", await ca.CountAsync($"select count(*) from end_entity where username like '{expected}'", Cancel));
    }

    /// <summary>CMP-O-7, C-2, C-4.</summary>
    [TestMethod]
    public async Task What_is_not_as_asked_for_is_said()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);
        DateTimeOffset far = ca.Clock.GetUtcNow().AddYears(50);
        CertificateExtension usage = CertificateExtensions.ExtendedKeyUsage(["1.3.6.1.5.5.7.3.9"]);

        PkiMessage answer = await client.SendAsync(TestClient.Body(client.Request("CN=user1,O=Test", t => t with { Validity = new(null, far), Extensions = [usage] })), Cancel);

        PkiStatusInfo status = Answers.ResponseOf(answer).Status;
        Assert.AreEqual(PkiStatus.GrantedWithMods, status.Status);
        Assert.AreEqual("CMP-O-7: not as asked for: validity, extKeyUsage", status.Text!.ToString());
        PkiMessage plain = await TestClient.WithSecret(ca).IrAsync("CN=user2,O=Test", Cancel);
        Assert.AreEqual(PkiStatus.Accepted, Answers.ResponseOf(plain).Status.Status);
    }

    private async Task AddProfilesAsync(CmpCa ca)
    {
        ProfileStore profiles = ca.Get<ProfileStore>();
        (await profiles.SetAsync(ca.Admin, "tls", FixedProfiles.Certificate.Single(p => p.Name == "SERVER") with { AllowDnOverride = false }, Cancel)).OrThrow();
        (await profiles.SetAsync(ca.Admin, "tls", FixedProfiles.Empty with { DefaultCertificateProfile = "tls", DefaultCa = "Other" }, Cancel)).OrThrow();
    }
}
