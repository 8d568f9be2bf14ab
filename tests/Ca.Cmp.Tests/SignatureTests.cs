using System.Numerics;
using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests;

/// <summary>Messages that are signed by RAs and by holders of certificates, p10cr and genm (CMP-A-8; CMP.md 7.1, 7.5).</summary>
[TestClass]
public sealed class SignatureTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task An_RA_with_a_role_has_certificates_made_for_others_and_gets_signed_answers()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        TestClient ra = await Signers.RaAsync(ca, Cancel);

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
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        TestClient device = await Signers.DeviceAsync(ca, Cancel);

        Answers.IsRejection(PkiBodyKind.InitializationResponse, PkiFailureInfo.BadCertTemplate, await device.IrAsync("CN=somebody else,O=Test", Cancel));

        Assert.AreEqual("1", await ca.IssuedAsync(Cancel));
    }

    [TestMethod]
    public async Task A_stranger_a_revoked_and_an_expired_signer_are_told_apart()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        using KeyPair key = KeyPair.Generate("P-256");
        Certificate device = await ca.EnrolAsync("device", Signers.DeviceKey, Cancel);

        // Somebody else's key with the device's certificate.
        Answers.IsError(PkiFailureInfo.BadMessageCheck, await TestClient.WithCertificate(ca, key, device).IrAsync("CN=device,O=Test", Cancel));

        await ca.CountAsync("update certificate set status = 40, revocation_reason = 1 where type = 1", Cancel);
        Answers.IsError(PkiFailureInfo.CertRevoked, await TestClient.WithCertificate(ca, Signers.DeviceKey, device).IrAsync("CN=device,O=Test", Cancel));

        await ca.CountAsync("update certificate set status = 20, revocation_reason = -1 where type = 1", Cancel);
        ca.Clock.Advance(TimeSpan.FromDays(365 * 5));
        Answers.IsError(PkiFailureInfo.SignerNotTrusted, await TestClient.WithCertificate(ca, Signers.DeviceKey, device).IrAsync("CN=device,O=Test", Cancel));

        await ca.CountAsync("delete from certificate where type = 1", Cancel);
        Answers.IsError(PkiFailureInfo.SignerNotTrusted, await TestClient.WithCertificate(ca, Signers.DeviceKey, device).IrAsync("CN=device,O=Test", Cancel));
    }

    [TestMethod]
    public async Task A_PKCS10_is_answered_by_cp_under_the_number_minus_one()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        TestClient ra = await Signers.RaAsync(ca, Cancel);
        CertificationRequest request = CertificationRequest.Create(DistinguishedName.Parse("CN=user1,O=Test").OrThrow(), ra.NewKey, HashAlgorithmName.SHA256);

        PkiMessage answer = await ra.SendAsync(new PkiBody.Pkcs10(request), Cancel);

        Assert.AreEqual(PkiBodyKind.CertificationResponse, answer.Body.Kind);
        Assert.AreEqual(-1, (int)Answers.ResponseOf(answer).RequestId);
        Answers.IsConfirmation(await ra.ConfirmAsync(Answers.CertificateOf(answer), Cancel, s => s with { RequestId = -1 }));
    }

    [TestMethod]
    public async Task A_PKCS10_with_a_broken_signature_is_badPOP()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        TestClient ra = await Signers.RaAsync(ca, Cancel);
        byte[] bytes = CertificationRequest.Create(DistinguishedName.Parse("CN=user1,O=Test").OrThrow(), ra.NewKey, HashAlgorithmName.SHA256).Encoded.ToArray();
        bytes[^1] ^= 1;

        PkiMessage answer = await ra.SendAsync(new PkiBody.Pkcs10(Der.Decode<CertificationRequest>(bytes).OrThrow()), Cancel);

        Answers.IsRejection(PkiBodyKind.CertificationResponse, PkiFailureInfo.BadPop, answer);
    }

    /// <summary>CMP-C-4, in this form of request as in the other.</summary>
    [TestMethod]
    [DataRow(Oids.CmcCa)]
    [DataRow(Oids.CmcRa)]
    [DataRow(Oids.CmKga)]
    public async Task A_PKCS10_makes_nobody_a_spokesman_of_the_CA(string purpose)
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        TestClient ra = await Signers.RaAsync(ca, Cancel);
        RequestAttribute wanted = RequestAttribute.ForExtensions([CertificateExtensions.ExtendedKeyUsage([purpose])]);
        CertificationRequest request = CertificationRequest.Create(DistinguishedName.Parse("CN=user1,O=Test").OrThrow(), ra.NewKey, HashAlgorithmName.SHA256, [wanted]);

        Answers.IsRejection(PkiBodyKind.CertificationResponse, PkiFailureInfo.NotAuthorized, await ra.SendAsync(new PkiBody.Pkcs10(request), Cancel));
    }

    /// <summary>It is kept with the transaction, so it has a limit (CMP-C-7), and is refused before anything is signed.</summary>
    [TestMethod]
    public async Task A_certReqId_may_be_as_long_as_a_serial_number_and_no_longer()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);
        PkiMessage answer = await client.SendAsync(TestClient.Body(client.Request("CN=long", id: BigInteger.Pow(2, 160))), Cancel);
        Answers.IsRejection(PkiBodyKind.InitializationResponse, PkiFailureInfo.BadDataFormat, answer);
        client.BeginAgain();
        BigInteger largest = BigInteger.Pow(2, 159) - 1;

        answer = await client.SendAsync(TestClient.Body(client.Request("CN=long", id: largest)), Cancel);

        Answers.IsConfirmation(await client.ConfirmAsync(Answers.CertificateOf(answer), Cancel, status => status with { RequestId = largest }));
    }

    [TestMethod]
    public async Task Questions_about_the_CA_are_answered_and_unknown_ones_left_out()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);
        var asked = new PkiBody.General(PkiBodyKind.GeneralMessage, [new(Oids.CaCerts), new(Oids.CurrentCrl), new("1.2.3.4")]);

        var answer = (PkiBody.General)(await client.SendAsync(asked, Cancel)).Body;

        Assert.AreEqual(PkiBodyKind.GeneralResponse, answer.Kind);
        CollectionAssert.AreEqual(new[] { Oids.CaCerts, Oids.CurrentCrl }, answer.Items.Select(i => i.Oid).ToArray());
        Assert.AreEqual("CN=Root,O=Test,C=SE", answer.Items[0].Read<SequenceOf<CmpCertificate>>().OrThrow().Items.Single().Read().OrThrow().Subject.ToString());
        Answers.IsError(PkiFailureInfo.BadRequest, await client.SendAsync(new PkiBody.General(PkiBodyKind.GeneralMessage, [new(Oids.CaCerts, new byte[] { 2, 1, 5 })]), Cancel));
    }
}
