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
    public async Task A_key_update_that_is_never_confirmed_leaves_the_old_certificate_usable()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        Certificate old = await ca.EnrolAsync("device", Signers.DeviceKey, Cancel);
        TestClient device = TestClient.WithCertificate(ca, Signers.DeviceKey, old);
        await device.SendAsync(KeyUpdate(device), Cancel);
        ca.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.AreEqual(1, await ca.Get<UnconfirmedCertificates>().SweepAsync(default, Cancel));

        TestClient again = TestClient.WithCertificate(ca, Signers.DeviceKey, old);
        Answers.CertificateOf(await again.SendAsync(KeyUpdate(again), Cancel));
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
        TestClient ra = await Signers.RaAsync(ca, Cancel, 4711);
        Answers.IsRejection(PkiBodyKind.KeyUpdateResponse, PkiFailureInfo.NotAuthorized, await ra.SendAsync(KeyUpdate(ra, CertId.Of(old)), Cancel));

        await ca.CountAsync("update certificate set end_entity_profile_id = 4711 where username = 'device'; update end_entity set end_entity_profile_id = 4711 where username = 'device'", Cancel);
        PkiMessage answer = await ra.SendAsync(KeyUpdate(ra, CertId.Of(old)), Cancel);
        Assert.AreNotEqual(PkiFailureInfo.NotAuthorized, Answers.ResponseOf(answer).Status.Failure);
    }

    private static PkiBody KeyUpdate(TestClient client, CertId? old = null, string? subject = null)
    {
        CertReqMsg request = client.Request(subject ?? "CN=device,O=Test", controls: old is null ? null : [AttributeTypeAndValue.Of(Oids.OldCertId, old)]);
        return TestClient.Body(request, PkiBodyKind.KeyUpdateRequest);
    }
}
