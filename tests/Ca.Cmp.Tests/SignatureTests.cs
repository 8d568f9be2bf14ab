using System.Security.Cryptography;
using Ca.Core.Cmp;
using Ca.Core.Roles;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests;

/// <summary>Messages that are signed: by RAs, and by holders of certificates that they update or revoke (CMP.md 7.1, 7.3; CMP-A-8).</summary>
[TestClass]
public sealed class SignatureTests
{
    private static readonly KeyPair RaKey = KeyPair.Generate("P-256");
    private static readonly KeyPair DeviceKey = KeyPair.Generate("P-256");

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task An_RA_with_a_role_has_certificates_made_for_others_and_gets_signed_answers()
    {
        await using CmpCa ca = await StartAsync();
        TestClient ra = await RaAsync(ca);

        PkiMessage answer = await ra.IrAsync("CN=user1,O=Test", Cancel);

        Certificate issued = Answers.CertificateOf(answer);
        Assert.AreEqual("CN=user1,O=Test", issued.Subject.ToString());
        Certificate signer = answer.ExtraCerts[0].Read().OrThrow();
        Assert.IsNull(MessageProtection.ObjectionTo(answer, signer.PublicKey, CmpAlgorithmPolicy.Default));
        CollectionAssert.AreEqual(signer.SubjectKeyIdentifier!.Value.ToArray(), answer.Header.SenderKeyId!.Value.ToArray());
        Answers.IsConfirmation(await ra.ConfirmAsync(issued, Cancel));
    }

    [TestMethod]
    public async Task A_certificate_without_a_role_asks_for_nobody_but_its_holder()
    {
        await using CmpCa ca = await StartAsync();
        TestClient device = await DeviceAsync(ca);

        Answers.IsRejection(PkiBodyKind.InitializationResponse, PkiFailureInfo.BadCertTemplate, await device.IrAsync("CN=somebody else,O=Test", Cancel));

        Assert.AreEqual("1", await ca.IssuedAsync(Cancel));
    }

    [TestMethod]
    public async Task A_stranger_a_revoked_and_an_expired_signer_are_told_apart()
    {
        await using CmpCa ca = await StartAsync();
        using KeyPair key = KeyPair.Generate("P-256");
        Certificate device = await ca.EnrolAsync("device", DeviceKey, Cancel);

        // Somebody else's key with the device's certificate.
        Answers.IsError(PkiFailureInfo.BadMessageCheck, await TestClient.WithCertificate(ca, key, device).IrAsync("CN=device,O=Test", Cancel));

        await ca.CountAsync("update certificate set status = 40, revocation_reason = 1 where type = 1", Cancel);
        Answers.IsError(PkiFailureInfo.CertRevoked, await TestClient.WithCertificate(ca, DeviceKey, device).IrAsync("CN=device,O=Test", Cancel));

        await ca.CountAsync("update certificate set status = 20, revocation_reason = -1 where type = 1", Cancel);
        ca.Clock.Advance(TimeSpan.FromDays(365 * 5));
        Answers.IsError(PkiFailureInfo.SignerNotTrusted, await TestClient.WithCertificate(ca, DeviceKey, device).IrAsync("CN=device,O=Test", Cancel));

        await ca.CountAsync("delete from certificate where type = 1", Cancel);
        Answers.IsError(PkiFailureInfo.SignerNotTrusted, await TestClient.WithCertificate(ca, DeviceKey, device).IrAsync("CN=device,O=Test", Cancel));
    }

    [TestMethod]
    public async Task A_PKCS10_is_answered_by_cp_under_the_number_minus_one()
    {
        await using CmpCa ca = await StartAsync();
        TestClient ra = await RaAsync(ca);
        CertificationRequest request = CertificationRequest.Create(DistinguishedName.Parse("CN=user1,O=Test").OrThrow(), ra.NewKey, HashAlgorithmName.SHA256);

        PkiMessage answer = await ra.SendAsync(new PkiBody.Pkcs10(request), Cancel);

        Assert.AreEqual(PkiBodyKind.CertificationResponse, answer.Body.Kind);
        Assert.AreEqual(-1, (int)Answers.ResponseOf(answer).RequestId);
        Answers.IsConfirmation(await ra.ConfirmAsync(Answers.CertificateOf(answer), Cancel, s => s with { RequestId = -1 }));
    }

    [TestMethod]
    public async Task A_PKCS10_with_a_broken_signature_is_badPOP()
    {
        await using CmpCa ca = await StartAsync();
        TestClient ra = await RaAsync(ca);
        byte[] bytes = CertificationRequest.Create(DistinguishedName.Parse("CN=user1,O=Test").OrThrow(), ra.NewKey, HashAlgorithmName.SHA256).Encoded.ToArray();
        bytes[^1] ^= 1;

        PkiMessage answer = await ra.SendAsync(new PkiBody.Pkcs10(Der.Decode<CertificationRequest>(bytes).OrThrow()), Cancel);

        Answers.IsRejection(PkiBodyKind.CertificationResponse, PkiFailureInfo.BadPop, answer);
    }

    [TestMethod]
    public async Task A_key_update_keeps_the_name_and_uses_the_old_certificate_up()
    {
        await using CmpCa ca = await StartAsync();
        Certificate old = await ca.EnrolAsync("device", DeviceKey, Cancel);
        TestClient device = TestClient.WithCertificate(ca, DeviceKey, old);

        PkiMessage answer = await device.SendAsync(KeyUpdate(device, CertId.Of(old)), Cancel);

        Assert.AreEqual(PkiBodyKind.KeyUpdateResponse, answer.Body.Kind);
        Certificate renewed = Answers.CertificateOf(answer);
        Assert.AreEqual(old.Subject, renewed.Subject);

        TestClient again = TestClient.WithCertificate(ca, DeviceKey, old);
        Answers.IsRejection(PkiBodyKind.KeyUpdateResponse, PkiFailureInfo.BadRequest, await again.SendAsync(KeyUpdate(again), Cancel));
        Answers.IsConfirmation(await device.ConfirmAsync(renewed, Cancel));
        TestClient late = TestClient.WithCertificate(ca, DeviceKey, old);
        Answers.IsRejection(PkiBodyKind.KeyUpdateResponse, PkiFailureInfo.CertRevoked, await late.SendAsync(KeyUpdate(late), Cancel));
    }

    [TestMethod]
    public async Task A_key_update_that_is_never_confirmed_leaves_the_old_certificate_usable()
    {
        await using CmpCa ca = await StartAsync();
        Certificate old = await ca.EnrolAsync("device", DeviceKey, Cancel);
        TestClient device = TestClient.WithCertificate(ca, DeviceKey, old);
        await device.SendAsync(KeyUpdate(device), Cancel);
        ca.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.AreEqual(1, await ca.Get<UnconfirmedCertificates>().SweepAsync(default, Cancel));

        TestClient again = TestClient.WithCertificate(ca, DeviceKey, old);
        Answers.CertificateOf(await again.SendAsync(KeyUpdate(again), Cancel));
    }

    [TestMethod]
    public async Task A_key_update_with_the_same_key_needs_a_switch()
    {
        await using CmpCa ca = await StartAsync();
        Certificate old = await ca.EnrolAsync("device", DeviceKey, Cancel);
        TestClient device = TestClient.WithCertificate(ca, DeviceKey, old);
        device.NewKey = DeviceKey;
        Answers.IsRejection(PkiBodyKind.KeyUpdateResponse, PkiFailureInfo.BadCertTemplate, await device.SendAsync(KeyUpdate(device), Cancel));

        await ca.ChangeAsync(alias => alias with { AllowUpdateWithSameKey = true }, Cancel);

        TestClient again = TestClient.WithCertificate(ca, DeviceKey, old);
        again.NewKey = DeviceKey;
        Answers.CertificateOf(await again.SendAsync(KeyUpdate(again), Cancel));
    }

    [TestMethod]
    public async Task A_key_update_of_somebody_elses_certificate_under_another_name_or_a_MAC_is_refused()
    {
        await using CmpCa ca = await StartAsync();
        using KeyPair key = KeyPair.Generate("P-256");
        Certificate other = await ca.EnrolAsync("other", key, Cancel);
        TestClient device = await DeviceAsync(ca);
        Answers.IsRejection(PkiBodyKind.KeyUpdateResponse, PkiFailureInfo.BadCertId, await device.SendAsync(KeyUpdate(device, CertId.Of(other)), Cancel));

        device = await DeviceAsync(ca);
        Answers.IsRejection(PkiBodyKind.KeyUpdateResponse, PkiFailureInfo.BadCertTemplate, await device.SendAsync(KeyUpdate(device, subject: "CN=other,O=Test"), Cancel));

        TestClient mac = TestClient.WithSecret(ca);
        Answers.IsError(PkiFailureInfo.WrongIntegrity, await mac.SendAsync(KeyUpdate(mac, CertId.Of(other)), Cancel));
    }

    [TestMethod]
    public async Task An_RA_updates_only_certificates_of_end_entities_it_has_rights_over()
    {
        await using CmpCa ca = await StartAsync();
        Certificate old = await ca.EnrolAsync("device", DeviceKey, Cancel);
        TestClient ra = await RaAsync(ca, endEntityProfiles: [4711]);
        Answers.IsRejection(PkiBodyKind.KeyUpdateResponse, PkiFailureInfo.NotAuthorized, await ra.SendAsync(KeyUpdate(ra, CertId.Of(old)), Cancel));

        await ca.CountAsync("update certificate set end_entity_profile_id = 4711 where username = 'device'; update end_entity set end_entity_profile_id = 4711 where username = 'device'", Cancel);
        PkiMessage answer = await ra.SendAsync(KeyUpdate(ra, CertId.Of(old)), Cancel);
        Assert.AreNotEqual(PkiFailureInfo.NotAuthorized, Answers.ResponseOf(answer).Status.Failure);
    }

    [TestMethod]
    public async Task The_holder_revokes_its_own_certificate_and_no_other()
    {
        await using CmpCa ca = await StartAsync();
        using KeyPair key = KeyPair.Generate("P-256");
        Certificate other = await ca.EnrolAsync("other", key, Cancel);
        Certificate own = await ca.EnrolAsync("device", DeviceKey, Cancel);
        TestClient device = TestClient.WithCertificate(ca, DeviceKey, own);

        Answers.IsRejection(PkiBodyKind.RevocationResponse, PkiFailureInfo.NotAuthorized, await device.SendAsync(Revocation(other), Cancel));
        PkiMessage answer = await device.SendAsync(Revocation(own), Cancel);

        var body = (PkiBody.RevocationResponses)answer.Body;
        Assert.AreEqual(PkiStatus.Accepted, body.Content.Statuses.Single().Status);
        Assert.AreEqual(own.Serial, body.Content.Revoked.Single().Serial);
        Assert.AreEqual("device", await ca.CountAsync("select username from certificate where status = 40 and revocation_reason = 4", Cancel));
    }

    public static IEnumerable<(string Name, Func<Certificate, PkiBody> Body, PkiFailureInfo Expected)> Revocations =>
    [
        ("no serial number", c => new PkiBody.Revocations([new(new() { Issuer = c.Issuer }, [])]), PkiFailureInfo.AddInfoNotAvailable),
        ("an unknown serial number", c => new PkiBody.Revocations([new(new() { Issuer = c.Issuer, Serial = new SerialNumber(new byte[] { 1, 2, 3 }) }, [])]), PkiFailureInfo.BadCertId),
        ("another CA", c => new PkiBody.Revocations([new(new() { Issuer = c.Subject, Serial = c.Serial }, [])]), PkiFailureInfo.WrongAuthority),
        ("another subject", c => new PkiBody.Revocations([new(new() { Issuer = c.Issuer, Serial = c.Serial, Subject = c.Issuer }, [])]), PkiFailureInfo.BadCertId),
        ("a reason that does not exist", c => new PkiBody.Revocations([new(new() { Issuer = c.Issuer, Serial = c.Serial }, [new(Oids.CrlReason, false, new byte[] { 10, 1, 7 })])]), PkiFailureInfo.BadDataFormat),
        ("a release of what is not on hold", c => Revocation(c, RevocationReason.RemoveFromCrl), PkiFailureInfo.CertRevoked),
    ];

    [TestMethod]
    [DynamicData(nameof(Revocations))]
    public async Task A_revocation_that_is_not_right(string name, Func<Certificate, PkiBody> body, PkiFailureInfo expected)
    {
        await using CmpCa ca = await StartAsync();
        TestClient ra = await RaAsync(ca);
        Certificate target = await ca.EnrolAsync("device", DeviceKey, Cancel);

        Answers.IsRejection(PkiBodyKind.RevocationResponse, expected, await ra.SendAsync(body(target), Cancel));

        Assert.AreEqual("0", await ca.CountAsync("select count(*) from certificate where status = 40", Cancel), name);
    }

    [TestMethod]
    public async Task What_is_revoked_already_is_told_and_a_hold_is_lifted()
    {
        await using CmpCa ca = await StartAsync();
        TestClient ra = await RaAsync(ca);
        Certificate target = await ca.EnrolAsync("device", DeviceKey, Cancel);
        foreach ((RevocationReason reason, PkiFailureInfo? expected) in new (RevocationReason, PkiFailureInfo?)[]
        {
            (RevocationReason.CertificateHold, null), (RevocationReason.RemoveFromCrl, null), (RevocationReason.KeyCompromise, null), (RevocationReason.Superseded, PkiFailureInfo.CertRevoked),
        })
        {
            ra.TransactionId = RandomNumberGenerator.GetBytes(16);
            PkiMessage answer = await ra.SendAsync(Revocation(target, reason), Cancel);
            Assert.AreEqual(expected, ((PkiBody.RevocationResponses)answer.Body).Content.Statuses.Single().Failure, reason.ToString());
        }
    }

    [TestMethod]
    public async Task A_MAC_revokes_only_where_the_alias_says_so_and_only_under_its_profile()
    {
        await using CmpCa ca = await StartAsync();
        Certificate target = await ca.EnrolAsync("device", DeviceKey, Cancel);
        TestClient client = TestClient.WithSecret(ca);
        Answers.IsRejection(PkiBodyKind.RevocationResponse, PkiFailureInfo.WrongIntegrity, await client.SendAsync(Revocation(target), Cancel));

        await ca.ChangeAsync(alias => alias with { AllowMacRevocation = true }, Cancel);
        await ca.CountAsync("update certificate set end_entity_profile_id = 4711 where type = 1", Cancel);
        Answers.IsRejection(PkiBodyKind.RevocationResponse, PkiFailureInfo.NotAuthorized, await client.SendAsync(Revocation(target), Cancel)); // CVE-2021-40088

        await ca.CountAsync("update certificate set end_entity_profile_id = 1 where type = 1", Cancel);
        Assert.AreEqual(PkiStatus.Accepted, ((PkiBody.RevocationResponses)(await client.SendAsync(Revocation(target), Cancel)).Body).Content.Statuses.Single().Status);
    }

    [TestMethod]
    public async Task Questions_about_the_CA_are_answered_and_unknown_ones_left_out()
    {
        await using CmpCa ca = await StartAsync();
        TestClient client = TestClient.WithSecret(ca);
        var asked = new PkiBody.General(PkiBodyKind.GeneralMessage, [new(Oids.CaCerts), new(Oids.CurrentCrl), new("1.2.3.4")]);

        var answer = (PkiBody.General)(await client.SendAsync(asked, Cancel)).Body;

        Assert.AreEqual(PkiBodyKind.GeneralResponse, answer.Kind);
        CollectionAssert.AreEqual(new[] { Oids.CaCerts, Oids.CurrentCrl }, answer.Items.Select(i => i.Oid).ToArray());
        Assert.AreEqual("CN=Root,O=Test,C=SE", answer.Items[0].Read<SequenceOf<CmpCertificate>>().OrThrow().Items.Single().Read().OrThrow().Subject.ToString());
        Answers.IsError(PkiFailureInfo.BadRequest, await client.SendAsync(new PkiBody.General(PkiBodyKind.GeneralMessage, [new(Oids.CaCerts, new byte[] { 2, 1, 5 })]), Cancel));
    }

    private static PkiBody KeyUpdate(TestClient client, CertId? old = null, string? subject = null)
    {
        CertReqMsg request = client.Request(subject ?? "CN=device,O=Test", controls: old is null ? null : [AttributeTypeAndValue.Of(Oids.OldCertId, old)]);
        return TestClient.Body(request, PkiBodyKind.KeyUpdateRequest);
    }

    private static PkiBody Revocation(Certificate certificate, RevocationReason reason = RevocationReason.Superseded) => new PkiBody.Revocations(
        [new(new() { Issuer = certificate.Issuer, Serial = certificate.Serial }, [CertificateExtensions.ReasonCode(reason)])]);

    private async Task<CmpCa> StartAsync() => await CmpCa.StartAsync(Cancel, alias => alias with
    {
        Authentication = [new(CmpModule.Hmac), new(CmpModule.EndEntityCertificate, "Other")],
    });

    private async Task<TestClient> DeviceAsync(CmpCa ca) => TestClient.WithCertificate(ca, DeviceKey, await ca.EnrolAsync("device", DeviceKey, Cancel));

    /// <summary>An RA with a certificate of the CA "Other" and a role.</summary>
    private async Task<TestClient> RaAsync(CmpCa ca, params int[] endEntityProfiles)
    {
        Certificate certificate = await ca.EnrolAsync("ra", RaKey, Cancel, caName: "Other");
        RoleStore roles = ca.Get<RoleStore>();
        (await roles.CreateAsync(ca.Admin, "RAs", RoleTemplates.Rules("RAADMINISTRATOR", [], endEntityProfiles), Cancel)).OrThrow();
        (await roles.AddMemberAsync(ca.Admin, "RAs", "Other", MatchWith.CertificateSerialNumber, certificate.Serial.ToString(), Cancel)).OrThrow();
        return TestClient.WithCertificate(ca, RaKey, certificate);
    }
}
