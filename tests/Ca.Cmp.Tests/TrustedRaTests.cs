using Ca.Core.Certificates;
using Ca.Core.Cmp;
using Ca.Core.Ledger;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests;

/// <summary>RAs that an alias trusts to wrap messages, and what that is worth (CMP-A-8, A-29, A-30; RFC 9810 §5.1.3.5).</summary>
[TestClass]
public sealed class TrustedRaTests
{
    private static readonly KeyPair RaKey = KeyPair.Generate("P-256");
    private static readonly Certificate RaCertificate = Vendors.Issue("CN=front,O=RA", RaKey.Public, Vendors.Line, isCa: false);
    private static readonly KeyPair DeviceKey = KeyPair.Generate("P-256");
    private static readonly Certificate DeviceCertificate = Vendors.Issue("CN=device,O=Vendor", DeviceKey.Public, Vendors.Line, isCa: false);

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task An_RA_on_the_list_wraps_and_asks_for_nothing_itself()
    {
        await using CmpCa ca = await StartAsync();
        TestClient client = TestClient.WithSecret(ca);
        PkiMessage inner = client.Message(TestClient.Body(client.Request("CN=user1,O=Test")));
        TestClient ra = TestClient.WithCertificate(ca, RaKey, RaCertificate);
        Answers.IsError(PkiFailureInfo.SignerNotTrusted, await ca.SendAsync(Wrapped(ra, inner), Cancel));

        (await ca.Get<CmpTrustedRas>().AddAsync(ca.Admin, CmpCa.Alias, RaCertificate, Cancel)).OrThrow();

        Answers.CertificateOf(await ca.SendAsync(Wrapped(ra, inner), Cancel));
        Answers.IsError(PkiFailureInfo.SignerNotTrusted, await TestClient.WithCertificate(ca, RaKey, RaCertificate).IrAsync("CN=user2,O=Test", Cancel));
        (await ca.Get<CmpTrustedRas>().RemoveAsync(ca.Admin, CmpCa.Alias, CmpTrustedRas.FingerprintOf(RaCertificate), Cancel)).OrThrow();
        Answers.IsError(PkiFailureInfo.SignerNotTrusted, await ca.SendAsync(Wrapped(ra, inner), Cancel));
        Assert.AreEqual("1 1", await ca.CountAsync("select count(*) filter (where details like '%\"trustedRa\"%') || ' ' || count(*) filter (where details like '%noLongerTrustedRa%') from audit_record", Cancel));
    }

    [TestMethod]
    public async Task What_the_list_trusts_is_one_certificate_in_force()
    {
        await using CmpCa ca = await StartAsync();
        using KeyPair key = KeyPair.Generate("P-256");
        Certificate own = await ca.EnrolAsync("front", key, Cancel);
        Certificate expired = Vendors.Issue("CN=late,O=RA", key.Public, Vendors.Line, isCa: false, ca.Clock.GetUtcNow().AddMinutes(-1));
        CmpTrustedRas list = ca.Get<CmpTrustedRas>();
        foreach (Certificate certificate in (Certificate[])[RaCertificate, own, expired])
        {
            (await list.AddAsync(ca.Admin, CmpCa.Alias, certificate, Cancel)).OrThrow();
        }

        Certificate namesake = Vendors.Issue("CN=front,O=RA", key.Public, Vendors.Line, isCa: false);
        await IsRefusedAsync(ca, key, namesake, PkiFailureInfo.SignerNotTrusted);
        await IsRefusedAsync(ca, key, expired, PkiFailureInfo.SignerNotTrusted);
        var work = new CaWork();
        (await ca.Get<Revoker>().RevokeAsync(new() { Actor = ca.Admin, CaName = CmpCa.CaName, Serial = own.Serial.ToString(), Reason = RevocationReason.KeyCompromise }, work, Cancel)).OrThrow();
        await ca.Get<ICaLedger>().CommitAsync(work, Cancel);
        await IsRefusedAsync(ca, key, own, PkiFailureInfo.CertRevoked);
        Assert.IsFalse((await list.AddAsync(ca.Admin, CmpCa.Alias, Vendors.Line.Certificate, Cancel)).Succeeded(out _, out _), "a CA is no RA");
        Assert.IsFalse((await list.AddAsync(ca.Admin, CmpCa.Alias, RaCertificate, Cancel)).Succeeded(out _, out _), "twice");
        Assert.IsFalse((await list.AddAsync(ca.Admin, "nowhere", RaCertificate, Cancel)).Succeeded(out _, out _), "no such alias");
    }

    /// <summary>CMP-A-30: the RA answers for the device, within the alias' CA and profile.</summary>
    [TestMethod]
    public async Task Behind_a_wrapper_an_unknown_signer_is_heard_where_the_alias_leaves_it_to_the_RA()
    {
        await using CmpCa ca = await StartVouchingAsync();
        TestClient device = Device(ca);
        TestClient ra = TestClient.WithCertificate(ca, RaKey, RaCertificate);

        PkiMessage answer = await ca.SendAsync(Wrapped(ra, device.Message(TestClient.Body(device.Request("CN=device,O=Test")))), Cancel);

        Certificate issued = Answers.CertificateOf(answer);
        device.LastNonce = answer.Header.SenderNonce;
        PkiMessage confirmation = device.Message(new PkiBody.CertificateConfirmation([new(CertHash.Compute(issued).OrThrow(), 0, PkiStatusInfo.Accepted)]));
        Answers.IsError(PkiFailureInfo.SignerNotTrusted, await ca.SendAsync(confirmation, Cancel)); // without the RA it is nobody
        Answers.IsConfirmation(await ca.SendAsync(Wrapped(ra, confirmation), Cancel));
    }

    [TestMethod]
    public async Task An_unknown_signer_is_not_heard_without_a_wrapper_or_without_the_option()
    {
        await using CmpCa ca = await StartVouchingAsync();
        Answers.IsError(PkiFailureInfo.SignerNotTrusted, await Device(ca).IrAsync("CN=device,O=Test", Cancel));

        await ca.ChangeAsync(alias => alias with { OmitVerifications = false, Authentication = [new(CmpModule.Hmac), new(CmpModule.EndEntityCertificate, "Other")] }, Cancel);
        TestClient device = Device(ca);
        PkiMessage inner = device.Message(TestClient.Body(device.Request("CN=device,O=Test")));
        Answers.IsError(PkiFailureInfo.SignerNotTrusted, await ca.SendAsync(Wrapped(TestClient.WithCertificate(ca, RaKey, RaCertificate), inner), Cancel));
        Assert.AreEqual("0", await ca.IssuedAsync(Cancel));
    }

    [TestMethod]
    public async Task What_the_RA_answers_for_still_has_a_right_signature_and_no_rights_of_an_RA()
    {
        await using CmpCa ca = await StartVouchingAsync();
        await ca.ChangeAsync(alias => alias with { AllowRaVerified = true }, Cancel);
        TestClient ra = TestClient.WithCertificate(ca, RaKey, RaCertificate);
        TestClient forger = TestClient.WithCertificate(ca, RaKey, DeviceCertificate); // not its key
        Answers.IsError(PkiFailureInfo.BadMessageCheck, await ca.SendAsync(Wrapped(ra, forger.Message(TestClient.Body(forger.Request("CN=device,O=Test")))), Cancel));

        TestClient device = Device(ca);
        CertReqMsg claimed = device.Request("CN=device,O=Test") with { Possession = new ProofOfPossession.RaVerified() };
        Answers.IsRejection(PkiBodyKind.InitializationResponse, PkiFailureInfo.NotAuthorized, await ca.SendAsync(Wrapped(ra, device.Message(TestClient.Body(claimed))), Cancel)); // CMP-C-22

        TestClient client = TestClient.WithSecret(ca);
        PkiMessage innermost = client.Message(TestClient.Body(client.Request("CN=user1,O=Test")));
        Answers.IsError(PkiFailureInfo.NotAuthorized, await ca.SendAsync(Wrapped(ra, Wrapped(Device(ca), innermost)), Cancel)); // it wraps nothing itself
        Assert.AreEqual("0", await ca.IssuedAsync(Cancel));
    }

    /// <summary>What an RA may do for others within the alias, a signer that nobody knows may not.</summary>
    [TestMethod]
    public async Task Behind_a_wrapper_an_unknown_signer_touches_no_certificate_of_others()
    {
        await using CmpCa ca = await StartVouchingAsync();
        using KeyPair key = KeyPair.Generate("P-256");
        Certificate others = await ca.EnrolAsync("other", key, Cancel);
        TestClient ra = TestClient.WithCertificate(ca, RaKey, RaCertificate);
        TestClient device = Device(ca);
        var old = AttributeTypeAndValue.Of(Oids.OldCertId, new CertId(GeneralName.Directory(others.Issuer), others.Serial));

        Answers.IsError(PkiFailureInfo.NotAuthorized, await ca.SendAsync(Wrapped(ra, device.Message(RevocationTests.Revocation(others))), Cancel));
        Answers.IsError(PkiFailureInfo.NotAuthorized, await ca.SendAsync(Wrapped(ra, device.Message(TestClient.Body(device.Request("CN=other,O=Test", controls: [old]), PkiBodyKind.KeyUpdateRequest))), Cancel));

        Assert.AreEqual("20", await ca.CountAsync("select status from certificate where type = 1", Cancel));
    }

    /// <summary>Whom a CA here has revoked no RA brings back.</summary>
    [TestMethod]
    [DataRow(CmpCa.CaName)]
    [DataRow("Other", DisplayName = "by another CA than the alias'")]
    public async Task A_signer_that_is_known_here_and_revoked_stays_refused(string issuer)
    {
        await using CmpCa ca = await StartVouchingAsync();
        Certificate own = await ca.EnrolAsync("device", DeviceKey, Cancel, issuer);
        await ca.CountAsync("update certificate set status = 40, revocation_reason = 1, revoked_at = issued_at where type = 1", Cancel);
        TestClient device = TestClient.WithCertificate(ca, DeviceKey, own);

        PkiMessage answer = await ca.SendAsync(Wrapped(TestClient.WithCertificate(ca, RaKey, RaCertificate), device.Message(TestClient.Body(device.Request("CN=device,O=Test")))), Cancel);

        Answers.IsError(PkiFailureInfo.CertRevoked, answer);
    }

    /// <summary>Nobody verifies the issuer's signature here, so its octets prove nothing: the same certificate in other octets is still revoked.</summary>
    [TestMethod]
    public async Task A_revoked_signer_in_another_encoding_stays_refused()
    {
        await using CmpCa ca = await StartVouchingAsync();
        Certificate own = await ca.EnrolAsync("device", DeviceKey, Cancel);
        await ca.CountAsync("update certificate set status = 40, revocation_reason = 1, revoked_at = issued_at where type = 1", Cancel);
        byte[] other = own.Encoded.ToArray();
        other[^1] ^= 1; // of the signature
        TestClient device = TestClient.WithCertificate(ca, DeviceKey, Der.DecodeBer<Certificate>(other).OrThrow());

        PkiMessage answer = await ca.SendAsync(Wrapped(TestClient.WithCertificate(ca, RaKey, RaCertificate), device.Message(TestClient.Body(device.Request("CN=device,O=Test")))), Cancel);

        Answers.IsError(PkiFailureInfo.CertRevoked, answer);
    }

    /// <summary>CMP-A-40.</summary>
    [TestMethod]
    public async Task Combinations_that_cannot_work_are_refused_when_they_are_saved()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        var alias = new CmpAlias { CaName = CmpCa.CaName, Mode = CmpMode.Ra, Authentication = [new(CmpModule.EndEntityCertificate)], Operations = Enum.GetValues<CmpOperation>(), OmitVerifications = true };
        (await ca.Get<CmpAliases>().SetAsync(ca.Admin, "possible", alias, Cancel)).OrThrow();
        foreach (CmpAlias impossible in (CmpAlias[])
        [
            alias with { OmitVerifications = false },
            alias with { Mode = CmpMode.Client },
            alias with { Operations = [CmpOperation.Ir] },
            alias with { Authentication = [new(CmpModule.Hmac)] },
            alias with { Authentication = [new(CmpModule.Hmac, "something")], OmitVerifications = false },
        ])
        {
            Assert.IsFalse((await ca.Get<CmpAliases>().SetAsync(ca.Admin, "impossible", impossible, Cancel)).Succeeded(out _, out Refusal? refusal));
            Assert.AreEqual(RefusalCode.PolicyViolation, refusal.Code);
        }
    }

    private static TestClient Device(CmpCa ca) => TestClient.WithCertificate(ca, DeviceKey, DeviceCertificate);

    private async Task IsRefusedAsync(CmpCa ca, KeyPair key, Certificate signer, PkiFailureInfo expected)
    {
        TestClient client = TestClient.WithSecret(ca);
        Answers.IsError(expected, await ca.SendAsync(Wrapped(TestClient.WithCertificate(ca, key, signer), client.Message(TestClient.Body(client.Request("CN=user1,O=Test")))), Cancel));
    }

    private Task<CmpCa> StartAsync() => CmpCa.StartAsync(Cancel, alias => alias with { Operations = Enum.GetValues<CmpOperation>(), Authentication = [new(CmpModule.Hmac), new(CmpModule.EndEntityCertificate, "Other")] });

    private async Task<CmpCa> StartVouchingAsync()
    {
        CmpCa ca = await CmpCa.StartAsync(Cancel, alias => alias with
        {
            Operations = Enum.GetValues<CmpOperation>(),
            Authentication = [new(CmpModule.Hmac), new(CmpModule.EndEntityCertificate)],
            OmitVerifications = true,
        });
        (await ca.Get<CmpTrustedRas>().AddAsync(ca.Admin, CmpCa.Alias, RaCertificate, Cancel)).OrThrow();
        return ca;
    }

    private static PkiMessage Wrapped(TestClient ra, PkiMessage inner) =>
        ra.Message(new PkiBody.Nested([inner]), header => header with { TransactionId = inner.Header.TransactionId, SenderNonce = inner.Header.SenderNonce, RecipientNonce = inner.Header.RecipientNonce });
}
