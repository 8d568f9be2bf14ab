using Ca.Core.Authorities;
using Ca.Core.Cmp;
using Ca.Core.EndEntities;
using Ca.Core.Profiles;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests;

/// <summary>kur (RFC 9810 §5.3.5; CMP-O-4 to O-6).</summary>
[TestClass]
public sealed class KeyUpdateTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task A_key_update_keeps_the_name_and_uses_the_old_certificate_up()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        Certificate old = await ca.EnrolAsync("device", Signers.DeviceKey, Cancel);
        TestClient device = TestClient.WithCertificate(ca, Signers.DeviceKey, old);

        PkiMessage answer = await device.SendAsync(KeyUpdate(device, CertId.Of(old)), Cancel);

        Assert.AreEqual(PkiBodyKind.KeyUpdateResponse, answer.Body.Kind);
        Certificate renewed = Answers.CertificateOf(answer);
        Assert.AreEqual(old.Subject, renewed.Subject);

        TestClient again = TestClient.WithCertificate(ca, Signers.DeviceKey, old);
        Answers.IsRejection(PkiBodyKind.KeyUpdateResponse, PkiFailureInfo.BadRequest, await again.SendAsync(KeyUpdate(again), Cancel));
        Answers.IsConfirmation(await device.ConfirmAsync(renewed, Cancel));
        TestClient late = TestClient.WithCertificate(ca, Signers.DeviceKey, old);
        Answers.IsRejection(PkiBodyKind.KeyUpdateResponse, PkiFailureInfo.CertRevoked, await late.SendAsync(KeyUpdate(late), Cancel));
        Answers.IsError(PkiFailureInfo.CertRevoked, await TestClient.WithCertificate(ca, Signers.DeviceKey, old).IrAsync("CN=device,O=Test", Cancel));
    }

    [TestMethod]
    [DataRow(CmpUnconfirmed.Revoke)]
    [DataRow(CmpUnconfirmed.Keep)]
    public async Task A_key_update_that_is_never_confirmed_leaves_the_old_certificate_usable(CmpUnconfirmed what)
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        await ca.ChangeAsync(alias => alias with { OnConfirmTimeout = what }, Cancel);
        Certificate old = await ca.EnrolAsync("device", Signers.DeviceKey, Cancel);
        TestClient device = TestClient.WithCertificate(ca, Signers.DeviceKey, old);
        await device.SendAsync(KeyUpdate(device), Cancel);
        ca.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.AreEqual(what == CmpUnconfirmed.Revoke ? 1 : 0, await ca.Get<UnconfirmedCertificates>().SweepAsync(default, Cancel));

        TestClient again = TestClient.WithCertificate(ca, Signers.DeviceKey, old);
        Answers.CertificateOf(await again.SendAsync(KeyUpdate(again), Cancel));
    }

    /// <summary>CMP-M-1, M-6: extensions may come from requests here, but names are those that are registered.</summary>
    [TestMethod]
    [DataRow("kur")]
    [DataRow("cr")]
    [DataRow("kur of an RA")]
    public async Task Nobody_gives_himself_an_alternative_name_by_an_update(string how)
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        (await ca.Get<ProfileStore>().SetAsync(ca.Admin, "Open", FixedProfiles.EndUser with { AllowExtensionOverride = true }, Cancel)).OrThrow();
        var data = new EndEntityData { Username = "device", SubjectDn = "CN=device,O=Test", SubjectAltName = "dNSName=device.example", CaName = CmpCa.CaName, EndEntityProfile = "EMPTY", CertificateProfile = "Open" };
        Certificate old = await ca.EnrolAsync("device", Signers.DeviceKey, Cancel);
        (await ca.Get<EndEntityStore>().SetAsync(ca.Admin, data, Cancel)).OrThrow();
        TestClient client = how == "kur of an RA" ? await Signers.RaAsync(ca, Cancel) : TestClient.WithCertificate(ca, Signers.DeviceKey, old);
        CertReqMsg request = client.Request(
            "CN=device,O=Test",
            t => t with { Extensions = [CertificateExtensions.SubjectAltName(new([GeneralName.Dns("bank.example")]))] },
            controls: [AttributeTypeAndValue.Of(Oids.OldCertId, CertId.Of(old))]);

        PkiMessage answer = await client.SendAsync(TestClient.Body(request, how == "cr" ? PkiBodyKind.CertificationRequest : PkiBodyKind.KeyUpdateRequest), Cancel);

        CertResponse response = Answers.ResponseOf(answer);
        Assert.AreEqual(PkiStatus.GrantedWithMods, response.Status.Status, "and the answer says so");
        Certificate issued = Answers.CertificateOf(answer);
        string names = Convert.ToHexString(issued.Encoded.Span);
        Assert.Contains(Convert.ToHexString("device.example"u8), names);
        Assert.DoesNotContain(Convert.ToHexString("bank.example"u8), names);
    }

    [TestMethod]
    public async Task A_key_update_with_the_same_key_needs_a_switch()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        Certificate old = await ca.EnrolAsync("device", Signers.DeviceKey, Cancel);
        TestClient device = TestClient.WithCertificate(ca, Signers.DeviceKey, old);
        device.NewKey = Signers.DeviceKey;
        Answers.IsRejection(PkiBodyKind.KeyUpdateResponse, PkiFailureInfo.BadCertTemplate, await device.SendAsync(KeyUpdate(device), Cancel));

        await ca.ChangeAsync(alias => alias with { AllowUpdateWithSameKey = true }, Cancel);

        TestClient again = TestClient.WithCertificate(ca, Signers.DeviceKey, old);
        again.NewKey = Signers.DeviceKey;
        Answers.CertificateOf(await again.SendAsync(KeyUpdate(again), Cancel));
    }

    [TestMethod]
    public async Task A_key_update_of_somebody_elses_certificate_under_another_name_or_a_MAC_is_refused()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        using KeyPair key = KeyPair.Generate("P-256");
        Certificate other = await ca.EnrolAsync("other", key, Cancel);
        TestClient device = await Signers.DeviceAsync(ca, Cancel);
        Answers.IsRejection(PkiBodyKind.KeyUpdateResponse, PkiFailureInfo.BadCertId, await device.SendAsync(KeyUpdate(device, CertId.Of(other)), Cancel));

        device = await Signers.DeviceAsync(ca, Cancel);
        Answers.IsRejection(PkiBodyKind.KeyUpdateResponse, PkiFailureInfo.BadCertTemplate, await device.SendAsync(KeyUpdate(device, subject: "CN=other,O=Test"), Cancel));

        TestClient mac = TestClient.WithSecret(ca);
        Answers.IsError(PkiFailureInfo.WrongIntegrity, await mac.SendAsync(KeyUpdate(mac, CertId.Of(other)), Cancel));
    }

    [TestMethod]
    public async Task An_RA_updates_only_certificates_of_end_entities_it_has_rights_over()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        Certificate old = await ca.EnrolAsync("device", Signers.DeviceKey, Cancel);
        int devices = await ProfileAsync(ca, "Devices");
        TestClient ra = await Signers.RaAsync(ca, Cancel, devices);
        Answers.IsRejection(PkiBodyKind.KeyUpdateResponse, PkiFailureInfo.NotAuthorized, await ra.SendAsync(KeyUpdate(ra, CertId.Of(old)), Cancel));

        await MoveAsync(ca, "Devices");
        await ca.CountAsync($"update certificate set end_entity_profile_id = {devices} where username = 'device'", Cancel);
        ra.BeginAgain();
        Certificate replaced = Answers.CertificateOf(await ra.SendAsync(KeyUpdate(ra, CertId.Of(old)), Cancel));
        Assert.AreEqual(old.Subject, replaced.Subject);
        Answers.IsConfirmation(await ra.ConfirmAsync(replaced, Cancel));

        // What counts is where the end entity is now, not where it was when the certificate was issued.
        await ProfileAsync(ca, "Executives");
        await MoveAsync(ca, "Executives");
        ra.BeginAgain();
        Answers.IsRejection(PkiBodyKind.KeyUpdateResponse, PkiFailureInfo.NotAuthorized, await ra.SendAsync(KeyUpdate(ra, CertId.Of(replaced)), Cancel));
    }

    /// <summary>FLAWS E11: an RA that names a certificate proves nothing about its holder. Who holds it was approved when he was registered.</summary>
    [TestMethod]
    public async Task An_RA_that_updates_a_certificate_needs_the_approvals_that_its_holder_does_not()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        Certificate old = await ca.EnrolAsync("device", Signers.DeviceKey, Cancel);
        TestClient ra = await Signers.RaAsync(ca, Cancel);
        (await ca.Get<CertificateAuthorities>().SetSettingsAsync(ca.Admin, CmpCa.CaName, new() { Approvals = new() { AddEditEndEntity = 1 } }, Cancel)).OrThrow();

        CertResponse waiting = Answers.ResponseOf(await ra.SendAsync(KeyUpdate(ra, CertId.Of(old)), Cancel));
        Assert.AreEqual(PkiStatus.Waiting, waiting.Status.Status);
        Assert.AreEqual("1", await ca.CountAsync("select count(*) from certificate where username = 'device'", Cancel));

        TestClient device = TestClient.WithCertificate(ca, Signers.DeviceKey, old);
        Answers.CertificateOf(await device.SendAsync(KeyUpdate(device), Cancel));
    }

    /// <summary>CMP-A-26: by whatever name a holder asks for another certificate of his own.</summary>
    [TestMethod]
    [DataRow(PkiBodyKind.KeyUpdateRequest)]
    [DataRow(PkiBodyKind.CertificationRequest)]
    [DataRow(PkiBodyKind.InitializationRequest)]
    public async Task A_holder_gets_no_second_certificate_where_nobody_has_allowed_one(PkiBodyKind kind)
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        await ca.ChangeAsync(alias => alias with { AllowAutomaticKeyUpdate = false }, Cancel);
        TestClient device = await Signers.DeviceAsync(ca, Cancel);

        Answers.IsRejection(kind + 1, PkiFailureInfo.NotAuthorized, await device.SendAsync(TestClient.Body(device.Request("CN=device,O=Test"), kind), Cancel));

        Assert.AreEqual("1", await ca.IssuedAsync(Cancel));
    }

    /// <summary>CMP-O-6: longer than answers are kept, as long as the old certificate is valid.</summary>
    [TestMethod]
    public async Task That_a_certificate_was_updated_is_remembered_while_it_is_valid()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        Certificate old = await ca.EnrolAsync("device", Signers.DeviceKey, Cancel);
        TestClient device = TestClient.WithCertificate(ca, Signers.DeviceKey, old);
        Answers.IsConfirmation(await device.ConfirmAsync(Answers.CertificateOf(await device.SendAsync(KeyUpdate(device), Cancel)), Cancel));

        ca.Clock.Advance(TimeSpan.FromDays(40));
        await ca.Get<UnconfirmedCertificates>().SweepAsync(ca.Clock.GetUtcNow() - TimeSpan.FromDays(30), Cancel);
        TestClient late = TestClient.WithCertificate(ca, Signers.DeviceKey, old);
        Answers.IsRejection(PkiBodyKind.KeyUpdateResponse, PkiFailureInfo.CertRevoked, await late.SendAsync(KeyUpdate(late), Cancel));

        ca.Clock.Advance(old.NotAfter - ca.Clock.GetUtcNow() + TimeSpan.FromDays(1));
        await ca.Get<UnconfirmedCertificates>().SweepAsync(ca.Clock.GetUtcNow() - TimeSpan.FromDays(30), Cancel);
        Assert.AreEqual("0", await ca.CountAsync("select count(*) from cmp_transaction", Cancel), "then it is forgotten");
    }

    private async Task<int> ProfileAsync(CmpCa ca, string name) =>
        (await ca.Get<ProfileStore>().SetAsync(ca.Admin, name, FixedProfiles.Empty, Cancel)).OrThrow().Id;

    private async Task MoveAsync(CmpCa ca, string profile) =>
        (await ca.Get<EndEntityStore>().SetAsync(ca.Admin, new() { Username = "device", SubjectDn = "CN=device,O=Test", CaName = CmpCa.CaName, EndEntityProfile = profile, CertificateProfile = "ENDUSER" }, Cancel)).OrThrow();

    private static PkiBody KeyUpdate(TestClient client, CertId? old = null, string? subject = null)
    {
        CertReqMsg request = client.Request(subject ?? "CN=device,O=Test", controls: old is null ? null : [AttributeTypeAndValue.Of(Oids.OldCertId, old)]);
        return TestClient.Body(request, PkiBodyKind.KeyUpdateRequest);
    }
}
