using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests;

/// <summary>Messages that broke others: the numbers of CMP_PEERS §3. What the codec refuses is in Pki.Protocols.Tests.</summary>
[TestClass]
public sealed class PeerMessageTests
{
    private const string Nasty = "%s%n{0}<script>alert(1)</script>";

    private static readonly byte[][] Parameters = [[], [0x05, 0x00], [0x02, 0x01, 0x07], [0x30, 0x00], [0x30, 0x03, 0x02, 0x01, 0x01], [0x04, 0x82, 0x27, 0x10, .. new byte[10_000]]];

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    /// <summary>CVE-2026-63076.</summary>
    [TestMethod]
    public async Task V7_Parameters_that_do_not_belong_to_the_algorithm()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        await ca.ChangeAsync(alias => alias with { MaxWrongSecrets = 0 }, Cancel);
        TestClient client = TestClient.WithSecret(ca);
        string[] algorithms = [Oids.PasswordBasedMac, Oids.Pbmac1, Oids.RsaPss, "1.2.840.113549.1.1.11", "1.2.840.10045.4.3.2", "1.2.840.113533.7.66.30", "1.2.3.4"];
        foreach (string oid in algorithms)
        {
            foreach (byte[] value in Parameters)
            {
                var algorithm = new AlgorithmIdentifier(oid, value.Length == 0 ? default(ReadOnlyMemory<byte>?) : value);
                PkiMessage forged = PkiMessage.Create(client.Header() with { ProtectionAlgorithm = algorithm }, TestClient.Body(client.Request("CN=x"))).WithProtection(new byte[20]);
                PkiMessage answer = PkiMessage.Read((await ca.SendAsync(forged.Encoded, Cancel)).OrThrow()).OrThrow();
                PkiFailureInfo? failure = ((PkiBody.Error)answer.Body).Content.Status.Failure;
                Assert.IsTrue(failure is PkiFailureInfo.BadMessageCheck or PkiFailureInfo.BadAlg or PkiFailureInfo.BadDataFormat, $"{oid}: {failure}");
            }
        }
    }

    /// <summary>CVE-2026-63073: what strangers write is text to us, and never comes back to them.</summary>
    [TestMethod]
    public async Task V8_Names_that_are_programs()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        DistinguishedName name = Der.Decode<DistinguishedName>(CommonName(Nasty)).OrThrow();
        PkiHeader Named(PkiHeader h) => h with { Sender = GeneralName.Directory(name), SenderKeyId = Encoding.UTF8.GetBytes(Nasty), FreeText = PkiFreeText.Of(Nasty) };

        PkiMessage wrong = await TestClient.WithSecret(ca, secret: "not the secret").IrAsync("CN=x", Cancel, Named);
        TestClient client = TestClient.WithSecret(ca);
        PkiMessage refused = await client.SendAsync(TestClient.Body(client.Request("CN=x", t => t with { Subject = name, Version = 0 })), Cancel, Named);

        Assert.DoesNotContain("script", ((PkiBody.Error)wrong.Body).Content.Status.Text!.ToString());
        Assert.DoesNotContain("script", Answers.ResponseOf(refused).Status.Text!.ToString());
        Assert.AreEqual("1", await ca.CountAsync("select count(*) from audit_record where details::text like '%freeText%alert(1)%'", Cancel), "text among text, of the one whose sender is known");
    }

    /// <summary>CVE-2026-63074: nothing of a message outlives it.</summary>
    [TestMethod]
    public async Task V9_Certificates_that_come_along_are_not_kept()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        using KeyPair key = KeyPair.Generate("P-256");
        Certificate[] crowd = [.. Enumerable.Range(0, 60).Select(i => Vendors.Issue($"CN=nobody {i}", key.Public, Vendors.Root, isCa: false))];
        TestClient stranger = TestClient.WithCertificate(ca, key, crowd[0], crowd[1..]);
        await FloodAsync(ca, stranger, 20);
        long before = GC.GetTotalMemory(forceFullCollection: true);

        await FloodAsync(ca, stranger, 200);

        Assert.IsLessThan(10_000_000, GC.GetTotalMemory(forceFullCollection: true) - before);
        TestClient crowded = TestClient.WithCertificate(ca, key, crowd[0], [.. crowd, .. crowd]);
        Assert.AreEqual(PkiBodyKind.Error, (await ca.SendAsync(crowded.Message(TestClient.Body(crowded.Request("CN=x"))), Cancel)).Body.Kind, "more than 64");
    }

    /// <summary>CVE-2026-63072, CVE-2025-9230, CVE-2026-34182: encrypted things that are none.</summary>
    [TestMethod]
    public async Task V10_V11_Encrypted_keys_of_any_length_are_refused_and_harm_nobody()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        foreach (int length in (int[])[0, 1, 7, 8, 9, 16, 17])
        {
            byte[] octets = new byte[length];
            TestClient client = TestClient.WithSecret(ca);
            CertReqMsg plain = client.Request("CN=x", controls: [new(Oids.PkiArchiveOptions, Der.Encode<PkiArchiveOptions>(new PkiArchiveOptions.EncryptedPrivateKey(new EncryptedKey.Enveloped(Sequence(octets)))))]);
            foreach (PopoPrivKey method in (PopoPrivKey[])[new PopoPrivKey.ThisMessage(octets), new PopoPrivKey.DhMac(octets), new PopoPrivKey.EncryptedPrivateKey(Sequence(octets))])
            {
                TestClient again = TestClient.WithSecret(ca);
                PkiMessage answer = await again.SendAsync(TestClient.Body(plain with { Possession = new ProofOfPossession.KeyEncipherment(method) }), Cancel);
                Answers.IsRejection(PkiBodyKind.InitializationResponse, PkiFailureInfo.BadPop, answer);
            }
        }

        Assert.AreEqual("0", await ca.IssuedAsync(Cancel));
    }

    /// <summary>CVE-2026-75805: a certificate named by any subset of fields.</summary>
    [TestMethod]
    public async Task V13_Revocations_that_name_half_a_certificate()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        TestClient ra = await Signers.RaAsync(ca, Cancel);
        Certificate target = await ca.EnrolAsync("device", Signers.DeviceKey, Cancel);
        for (int fields = 0; fields < 32; fields++)
        {
            if ((fields & 3) == 3)
            {
                continue; // issuer and serial number: that is a whole one
            }

            var template = new CertTemplate
            {
                Issuer = (fields & 1) != 0 ? target.Issuer : null,
                Serial = (fields & 2) != 0 ? target.Serial : null,
                Subject = (fields & 4) != 0 ? target.Subject : null,
                PublicKey = (fields & 8) != 0 ? target.PublicKey : null,
                Version = (fields & 16) != 0 ? 2 : null,
            };
            ra.TransactionId = RandomNumberGenerator.GetBytes(16);
            PkiMessage answer = await ra.SendAsync(new PkiBody.Revocations([new(template, [])]), Cancel, h => h with { RecipientNonce = null });
            Answers.IsRejection(PkiBodyKind.RevocationResponse, PkiFailureInfo.AddInfoNotAvailable, answer);
        }
    }

    /// <summary>CVE-2026-35189: refused by number before anything is done with them.</summary>
    [TestMethod]
    public async Task V14_A_template_with_thousands_of_names()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        CertificateExtension many = CertificateExtensions.SubjectAltName(new(Enumerable.Range(0, 5_000).Select(i => GeneralName.Dns($"n{i}.se"))));
        await ca.SendAsync(TestClient.WithSecret(ca).Message(new PkiBody.General(PkiBodyKind.GeneralMessage, [])), Cancel); // warm
        long least = long.MaxValue; // a machine that is busy for a moment proves nothing
        for (int i = 0; i < 3; i++)
        {
            TestClient client = TestClient.WithSecret(ca);
            PkiMessage message = client.Message(TestClient.Body(client.Request("CN=x", t => t with { Extensions = [many] })));
            var watch = Stopwatch.StartNew();

            PkiMessage answer = PkiMessage.Read((await ca.SendAsync(message.Encoded, Cancel)).OrThrow()).OrThrow();

            least = Math.Min(least, watch.ElapsedMilliseconds);
            Assert.IsTrue(answer.Body is PkiBody.Error || Answers.ResponseOf(answer).Status.Status == PkiStatus.Rejection);
        }

        Assert.IsLessThan(5_000, least, "bounded, however slow this machine is");
        Assert.AreEqual("0", await ca.IssuedAsync(Cancel));
    }

    /// <summary>openssl PR 19729: a transaction keeps the kind of protection it began with.</summary>
    [TestMethod]
    public async Task V15_The_kind_of_protection_does_not_change()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        TestClient mac = TestClient.WithSecret(ca);
        Certificate issued = Answers.CertificateOf(await mac.IrAsync("CN=device,O=Test", Cancel));
        TestClient signing = TestClient.WithCertificate(ca, mac.NewKey, issued);
        (signing.TransactionId, signing.LastNonce) = (mac.TransactionId, mac.LastNonce);

        Assert.AreEqual(PkiBodyKind.Error, (await signing.ConfirmAsync(issued, Cancel)).Body.Kind, "signed with the new key");
        var status = new CertStatus(CertHash.Compute(issued).OrThrow(), 0, PkiStatusInfo.Accepted);
        PkiMessage unprotected = PkiMessage.Create(mac.Header(), new PkiBody.CertificateConfirmation([status]));
        Answers.IsError(PkiFailureInfo.BadMessageCheck, await ca.SendAsync(unprotected, Cancel));
        Assert.AreEqual("1", await ca.CountAsync("select state from cmp_transaction", Cancel), "still unconfirmed");
        Answers.IsConfirmation(await mac.ConfirmAsync(issued, Cancel));
    }

    /// <summary>CVE-2026-5588: signatures that are hardly there.</summary>
    [TestMethod]
    public async Task V18_Empty_and_absurd_signatures_prove_nothing()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        TestClient device = await Signers.DeviceAsync(ca, Cancel);
        PkiMessage signed = device.Message(TestClient.Body(device.Request("CN=device,O=Test")));
        byte[][] values = [[], [0], [0x30, 0x00], [0x30, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00], [0x30, 0x06, 0x02, 0x01, 0xFF, 0x02, 0x01, 0xFF], [0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01]];
        foreach (byte[] value in values)
        {
            PkiMessage forged = signed.WithProtection(value);
            PkiMessage answer = PkiMessage.Read((await ca.SendAsync(forged.Encoded, Cancel)).OrThrow()).OrThrow();
            Assert.AreEqual(PkiBodyKind.Error, answer.Body.Kind);
            TestClient client = TestClient.WithSecret(ca);
            CertReqMsg request = client.Request("CN=x,O=Test");
            var proof = new ProofOfPossession.Signature(((ProofOfPossession.Signature)request.Possession!).SigningKey with { Signature = value });
            Answers.IsRejection(PkiBodyKind.InitializationResponse, PkiFailureInfo.BadPop, await client.SendAsync(TestClient.Body(request with { Possession = proof }), Cancel));
        }
    }

    private async Task FloodAsync(CmpCa ca, TestClient client, int messages)
    {
        for (int i = 0; i < messages; i++)
        {
            Answers.IsError(PkiFailureInfo.SignerNotTrusted, await ca.SendAsync(client.Message(TestClient.Body(client.Request("CN=x"))), Cancel));
        }
    }

    private static byte[] CommonName(string text)
    {
        byte[] value = [0x0C, (byte)text.Length, .. Encoding.UTF8.GetBytes(text)];
        byte[] attribute = [0x06, 0x03, 0x55, 0x04, 0x03, .. value];
        return [0x30, (byte)(attribute.Length + 4), 0x31, (byte)(attribute.Length + 2), 0x30, (byte)attribute.Length, .. attribute];
    }

    private static byte[] Sequence(byte[] content) => [0x30, (byte)(content.Length + 2), 0x04, (byte)content.Length, .. content];
}
