using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests;

/// <summary>rr (RFC 9810 §5.3.9; CMP.md 7.3).</summary>
[TestClass]
public sealed class RevocationTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task The_holder_revokes_its_own_certificate_and_no_other()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        using KeyPair key = KeyPair.Generate("P-256");
        Certificate other = await ca.EnrolAsync("other", key, Cancel);
        Certificate own = await ca.EnrolAsync("device", Signers.DeviceKey, Cancel);
        TestClient device = TestClient.WithCertificate(ca, Signers.DeviceKey, own);

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
        ("a release of what is not on hold", c => Revocation(c, RevocationReason.RemoveFromCrl), PkiFailureInfo.BadCertId),
    ];

    [TestMethod]
    [DynamicData(nameof(Revocations))]
    public async Task A_revocation_that_is_not_right(string name, Func<Certificate, PkiBody> body, PkiFailureInfo expected)
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        TestClient ra = await Signers.RaAsync(ca, Cancel);
        Certificate target = await ca.EnrolAsync("device", Signers.DeviceKey, Cancel);

        Answers.IsRejection(PkiBodyKind.RevocationResponse, expected, await ra.SendAsync(body(target), Cancel));

        Assert.AreEqual("0", await ca.CountAsync("select count(*) from certificate where status = 40", Cancel), name);
    }

    [TestMethod]
    public async Task What_is_revoked_already_is_told_and_a_hold_is_lifted()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        TestClient ra = await Signers.RaAsync(ca, Cancel);
        Certificate target = await ca.EnrolAsync("device", Signers.DeviceKey, Cancel);
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

    /// <summary>CMP-O-43: who is held back cannot sign, and another certificate of his says nothing about the key that is suspected.</summary>
    [TestMethod]
    public async Task Only_an_RA_releases_from_hold()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        TestClient ra = await Signers.RaAsync(ca, Cancel);
        TestClient device = await Signers.DeviceAsync(ca, Cancel);
        using KeyPair key = KeyPair.Generate("P-256");
        Certificate suspected = await ca.EnrolAsync("device", key, Cancel);
        await ra.SendAsync(Revocation(suspected, RevocationReason.CertificateHold), Cancel);

        Answers.IsRejection(PkiBodyKind.RevocationResponse, PkiFailureInfo.NotAuthorized, await device.SendAsync(Revocation(suspected, RevocationReason.RemoveFromCrl), Cancel));

        Assert.AreEqual("6", await ca.CountAsync("select revocation_reason from certificate where status = 40", Cancel));
    }

    [TestMethod]
    public async Task A_MAC_revokes_only_where_the_alias_says_so_and_only_under_its_profile()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        Certificate target = await ca.EnrolAsync("device", Signers.DeviceKey, Cancel);
        TestClient client = TestClient.WithSecret(ca);
        Answers.IsRejection(PkiBodyKind.RevocationResponse, PkiFailureInfo.WrongIntegrity, await client.SendAsync(Revocation(target), Cancel));

        await ca.ChangeAsync(alias => alias with { AllowMacRevocation = true }, Cancel);
        await ca.CountAsync("update certificate set end_entity_profile_id = 4711 where type = 1", Cancel);
        Answers.IsRejection(PkiBodyKind.RevocationResponse, PkiFailureInfo.NotAuthorized, await client.SendAsync(Revocation(target), Cancel)); // CVE-2021-40088

        await ca.CountAsync("update certificate set end_entity_profile_id = 1 where type = 1", Cancel);
        Assert.AreEqual(PkiStatus.Accepted, ((PkiBody.RevocationResponses)(await client.SendAsync(Revocation(target), Cancel)).Body).Content.Statuses.Single().Status);
    }

    public static PkiBody Revocation(Certificate certificate, RevocationReason reason = RevocationReason.Superseded) => new PkiBody.Revocations(
        [new(new() { Issuer = certificate.Issuer, Serial = certificate.Serial }, [CertificateExtensions.ReasonCode(reason)])]);
}
