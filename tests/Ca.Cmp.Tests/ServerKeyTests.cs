using System.Formats.Asn1;
using System.Security.Cryptography;
using Ca.Core.Cmp;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Cms;
using Pki.Protocols.Crmf;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests;

/// <summary>Keys that are made at the CA (RFC 9483 §4.1.6; CMP-C-60 to C-65, X-16).</summary>
[TestClass]
public sealed class ServerKeyTests
{
    private static readonly AlgorithmIdentifier OnP256 = new(Oids.EcPublicKey, Der.Encode(new ObjectIdentifier(Oids.P256)));

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    /// <summary>CMP-C-63: every RA of the alias, or of the CA, could open what was made for one of them.</summary>
    [TestMethod]
    [DataRow("of the alias")]
    [DataRow("of the CA")]
    public async Task Who_shares_his_secret_with_others_gets_no_key(string whose)
    {
        await using CmpCa ca = await StartAsync();
        await ca.CountAsync("delete from cmp_secret where key_id <> ''", Cancel);
        if (whose == "of the CA")
        {
            await ca.CountAsync("delete from cmp_secret", Cancel);
            await ca.ChangeAsync(alias => alias with { Authentication = [new(CmpModule.Hmac, CmpAuthentication.OfCa)] }, Cancel);
            using var secret = Pki.Protocols.Trust.Secret.FromText(CmpCa.Secret);
            (await ca.Get<CmpCaSecrets>().SetAsync(ca.Admin, CmpCa.CaName, secret, keepOthers: false, Cancel)).OrThrow();
        }

        TestClient client = TestClient.WithSecret(ca);
        Answers.IsRejection(PkiBodyKind.InitializationResponse, PkiFailureInfo.NotAuthorized, await client.SendAsync(Asking(client, "CN=device,O=Test", OnP256), Cancel, V3));
        Assert.AreEqual("0", await ca.IssuedAsync(Cancel));
    }

    /// <summary>pwri, opened with the platform's PBKDF2 and the octets of RFC 3394, not with our own writer.</summary>
    [TestMethod]
    public async Task Whoever_knows_the_secret_gets_the_key()
    {
        await using CmpCa ca = await StartAsync();
        TestClient client = TestClient.WithSecret(ca);

        PkiMessage answer = await client.SendAsync(Asking(client, "CN=device,O=Test", OnP256), Cancel, V3);

        Certificate issued = Answers.CertificateOf(answer);
        EnvelopedData enveloped = EnvelopedOf(answer);
        Assert.AreEqual(Oids.SignedData, enveloped.ContentType);
        using KeyPair key = KeyDelivery.Open(OpenWithSecret(EncodedOf(answer), CmpCa.Secret), Root(answer)).OrThrow();
        Assert.IsTrue(key.Public.SameKeyAs(issued.PublicKey));
        Answers.IsConfirmation(await client.ConfirmAsync(issued, Cancel));
    }

    [TestMethod]
    public async Task The_holder_of_an_RSA_certificate_gets_the_key()
    {
        await using CmpCa ca = await StartAsync();
        using KeyPair rsa = KeyPair.Generate("RSA2048");
        Certificate own = await ca.EnrolAsync("device", rsa, Cancel);
        TestClient device = TestClient.WithCertificate(ca, rsa, own);

        PkiMessage answer = await device.SendAsync(Asking(device, "CN=device,O=Test", OnP256, PkiBodyKind.KeyUpdateRequest), Cancel, V3);

        Certificate issued = Answers.CertificateOf(answer);
        using KeyPair key = KeyDelivery.Open(EnvelopedOf(answer).Decrypt(rsa, own).OrThrow(), Root(answer)).OrThrow();
        Assert.IsTrue(key.Public.SameKeyAs(issued.PublicKey));
    }

    [TestMethod]
    public async Task A_signer_to_whom_nothing_can_be_encrypted_gets_none()
    {
        await using CmpCa ca = await StartAsync();
        TestClient device = await Signers.DeviceAsync(ca, Cancel); // EC, and its certificate is not for key agreement

        Answers.IsRejection(PkiBodyKind.KeyUpdateResponse, PkiFailureInfo.NotAuthorized, await device.SendAsync(Asking(device, "CN=device,O=Test", OnP256, PkiBodyKind.KeyUpdateRequest), Cancel, V3));
    }

    [TestMethod]
    public void A_key_for_the_holder_of_an_EC_certificate_opens_with_that_key_alone()
    {
        using KeyPair made = KeyPair.Generate("P-384");
        using KeyPair owner = KeyPair.Generate("P-256");
        Certificate certificate = Vendors.Issue("CN=owner", owner.Public, Vendors.Root, isCa: false);
        var maker = new CmsSigner(Vendors.Line.Key, Vendors.Line.Certificate, HashAlgorithmName.SHA256);

        var sealedKey = (EncryptedKey.Enveloped)KeyDelivery.ToHolder(made, maker, certificate);
        byte[] content = EnvelopedData.Decode(sealedKey.ToContentInfo()).OrThrow().Decrypt(owner, certificate).OrThrow();

        using KeyPair opened = KeyDelivery.Open(content, Vendors.Line.Certificate).OrThrow();
        Assert.IsTrue(opened.Public.SameKeyAs(made.Public));
        Assert.IsFalse(KeyDelivery.Open(content, Vendors.Root.Certificate).Succeeded(out _, out _), "another maker");
        content[^1] ^= 1;
        Assert.IsFalse(KeyDelivery.Open(content, Vendors.Line.Certificate).Succeeded(out _, out _), "changed");
    }

    [TestMethod]
    public async Task What_is_not_allowed_or_not_clear_is_refused()
    {
        await using CmpCa ca = await StartAsync();
        foreach ((Func<TestClient, PkiBody> ask, Func<PkiHeader, PkiHeader>? header, PkiFailureInfo expected) in ((Func<TestClient, PkiBody>, Func<PkiHeader, PkiHeader>?, PkiFailureInfo)[])
        [
            (c => Asking(c, "CN=x", null), null, PkiFailureInfo.BadCertTemplate),
            (c => Asking(c, "CN=x", new(Oids.RsaEncryption)), null, PkiFailureInfo.BadCertTemplate),
            (c => Asking(c, "CN=x", new("1.2.840.10040.4.1")), null, PkiFailureInfo.BadCertTemplate),
            (c => Asking(c, "CN=x", OnP256), h => h with { Version = PkiHeader.Cmp2000 }, PkiFailureInfo.BadRequest),
            (c => TestClient.Body(c.Request("CN=x", t => t with { PublicKey = null, KeyToGenerate = OnP256 })), null, PkiFailureInfo.BadRequest),
        ])
        {
            TestClient client = TestClient.WithSecret(ca);
            Answers.IsRejection(PkiBodyKind.InitializationResponse, expected, await client.SendAsync(ask(client), Cancel, header ?? V3));
        }

        await ca.ChangeAsync(alias => alias with { AllowServerKeyGeneration = false }, Cancel);
        TestClient refused = TestClient.WithSecret(ca);
        Answers.IsRejection(PkiBodyKind.InitializationResponse, PkiFailureInfo.BadRequest, await refused.SendAsync(Asking(refused, "CN=x", OnP256), Cancel, V3));
        Assert.AreEqual("0", await ca.IssuedAsync(Cancel));
    }

    /// <summary>CMP-C-65: whoever reads the database finds no key, and a repeat gets the same one.</summary>
    [TestMethod]
    public async Task The_same_octets_get_the_same_key()
    {
        await using CmpCa ca = await StartAsync();
        TestClient client = TestClient.WithSecret(ca);
        PkiMessage message = client.Message(Asking(client, "CN=device,O=Test", OnP256), V3);

        PkiMessage first = await ca.SendAsync(message, Cancel);

        CollectionAssert.AreEqual(first.Encoded.ToArray(), (await ca.SendAsync(message, Cancel)).Encoded.ToArray());
        Assert.AreEqual("0", await ca.CountAsync("select count(*) from key_escrow", Cancel));
        Assert.AreEqual("0", await ca.CountAsync("select count(*) from issuance_plan", Cancel));
    }

    /// <summary>An RA with a secret of its own, beside that of the alias.</summary>
    private async Task<CmpCa> StartAsync()
    {
        CmpCa ca = await CmpCa.StartAsync(Cancel, alias => alias with
        {
            AllowServerKeyGeneration = true,
            Authentication = [new(CmpModule.Hmac), new(CmpModule.EndEntityCertificate, "Other")],
        });
        await ca.SetSecretAsync("device-1", CmpCa.Secret, keepOthers: false, Cancel);
        return ca;
    }

    private static PkiHeader V3(PkiHeader header) => header with { Version = PkiHeader.Cmp2021 };

    private static PkiBody Asking(TestClient client, string subject, AlgorithmIdentifier? kind, PkiBodyKind body = PkiBodyKind.InitializationRequest) =>
        TestClient.Body(client.Request(subject, t => t with { PublicKey = null, KeyToGenerate = kind }) with { Possession = null }, body);

    private static ReadOnlyMemory<byte> EncodedOf(PkiMessage answer) => ((EncryptedKey.Enveloped)Answers.ResponseOf(answer).KeyPair!.PrivateKey!).Contents;

    private static EnvelopedData EnvelopedOf(PkiMessage answer) =>
        EnvelopedData.Decode(((EncryptedKey.Enveloped)Answers.ResponseOf(answer).KeyPair!.PrivateKey!).ToContentInfo()).OrThrow();

    private static Certificate Root(PkiMessage answer) =>
        answer.ExtraCerts.Concat(((PkiBody.CertificateResponses)answer.Body).Content.CaCertificates).Select(c => c.Read().OrThrow()).First(c => c.IsSelfIssued);

    private static byte[] OpenWithSecret(ReadOnlyMemory<byte> enveloped, string secret)
    {
        AsnReader fields = new AsnReader(enveloped, AsnEncodingRules.DER).ReadSequence();
        Assert.AreEqual(3, (int)fields.ReadInteger());
        AsnReader recipient = fields.ReadSetOf().ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 3));
        recipient.ReadInteger();
        AsnReader derivation = recipient.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0));
        Assert.AreEqual(Oids.Pbkdf2, derivation.ReadObjectIdentifier());
        AsnReader pbkdf2 = derivation.ReadSequence();
        byte[] salt = pbkdf2.ReadOctetString();
        byte[] wrapping = Rfc2898DeriveBytes.Pbkdf2(secret, salt, (int)pbkdf2.ReadInteger(), HashAlgorithmName.SHA256, (int)pbkdf2.ReadInteger());
        Assert.AreEqual(Oids.Aes256Wrap, recipient.ReadSequence().ReadObjectIdentifier());
        byte[] key = Unwrap(wrapping, recipient.ReadOctetString());
        AsnReader content = fields.ReadSequence();
        content.ReadObjectIdentifier();
        AsnReader cipher = content.ReadSequence();
        Assert.AreEqual(Oids.Aes256Cbc, cipher.ReadObjectIdentifier());
        using var aes = Aes.Create();
        aes.Key = key;
        return aes.DecryptCbc(content.ReadOctetString(new Asn1Tag(TagClass.ContextSpecific, 0)), cipher.ReadOctetString());
    }

    /// <summary>RFC 3394 §2.2.2.</summary>
    private static byte[] Unwrap(byte[] wrapping, byte[] wrapped)
    {
        using var aes = Aes.Create();
        aes.Key = wrapping;
        byte[] check = wrapped[..8];
        byte[] key = wrapped[8..];
        int blocks = key.Length / 8;
        for (int step = 6 * blocks; step > 0; step--)
        {
            int at = (step - 1) % blocks * 8;
            check[7] ^= (byte)step;
            byte[] block = aes.DecryptEcb([.. check, .. key[at..(at + 8)]], PaddingMode.None);
            check = block[..8];
            block[8..].CopyTo(key, at);
        }

        Assert.IsTrue(check.All(b => b == 0xA6));
        return key;
    }
}
