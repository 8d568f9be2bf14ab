using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Ca.Core.Cmp;
using Ca.Core.EndEntities;
using Ca.Core.Roles;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests;

/// <summary>Mistakes of others about rights and secrets: the numbers of CMP_PEERS §3.</summary>
[TestClass]
public sealed class PeerRightsTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    /// <summary>CVE-2021-40088: by signature, by MAC, and wrapped.</summary>
    [TestMethod]
    public async Task V1_An_RA_revokes_nothing_of_another_tenant()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        await ca.ChangeAsync(alias => alias with { AllowMacRevocation = true }, Cancel);
        Certificate target = await ca.EnrolAsync("device", Signers.DeviceKey, Cancel);
        TestClient ra = await Signers.RaAsync(ca, Cancel, endEntityProfiles: 4712);
        await ca.CountAsync("update certificate set end_entity_profile_id = 4711 where subject_dn like 'CN=device%'", Cancel);
        TestClient mac = TestClient.WithSecret(ca);

        Answers.IsRejection(PkiBodyKind.RevocationResponse, PkiFailureInfo.NotAuthorized, await ra.SendAsync(RevocationTests.Revocation(target), Cancel));
        Answers.IsRejection(PkiBodyKind.RevocationResponse, PkiFailureInfo.NotAuthorized, await mac.SendAsync(RevocationTests.Revocation(target), Cancel));
        mac = TestClient.WithSecret(ca);
        PkiMessage inner = mac.Message(RevocationTests.Revocation(target));
        ra.TransactionId = inner.Header.TransactionId!.Value.ToArray();
        PkiMessage wrapped = await ca.SendAsync(ra.Message(new PkiBody.Nested([inner]), h => h with { SenderNonce = inner.Header.SenderNonce, RecipientNonce = null }), Cancel);
        Answers.IsRejection(PkiBodyKind.RevocationResponse, PkiFailureInfo.NotAuthorized, wrapped);
        Assert.AreEqual("0", await ca.CountAsync("select count(*) from certificate where status = 40", Cancel));
    }

    /// <summary>CVE-2021-40087, CVE-2021-40086.</summary>
    [TestMethod]
    public async Task V2_V3_A_secret_is_neither_logged_nor_shown()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        await ca.SetSecretAsync("device", "first secret 4711", keepOthers: false, Cancel);
        await ca.SetSecretAsync("device", "second secret 4711", keepOthers: true, Cancel);
        await ca.ChangeAsync(alias => alias with { AllowMacRevocation = true }, Cancel);

        string all = await ca.CountAsync("select string_agg(t::text, ' ') from audit_record t", Cancel)
            + await ca.CountAsync("select string_agg(t::text, ' ') from cmp_secret t", Cancel)
            + CmpAliases.ToJson((await ca.Get<CmpAliases>().FindAsync(CmpCa.Alias, Cancel))!)
            + string.Join(' ', await ca.Get<CmpSecrets>().ListAsync(CmpCa.Alias, Cancel));

        Assert.Contains("device", all);
        Assert.DoesNotContain("secret 4711", all);
        Assert.DoesNotContain(Convert.ToHexStringLower("secret 4711"u8), all);
        Assert.DoesNotContain(CmpCa.Secret, all);
    }

    /// <summary>CVE-2020-25276, CVE-2020-28942.</summary>
    [TestMethod]
    public async Task V4_An_RA_whose_certificate_is_revoked_or_of_another_CA_is_none()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        TestClient ra = await Signers.RaAsync(ca, Cancel);
        TestClient foreign = TestClient.WithCertificate(ca, ra.NewKey, Vendors.Issue("CN=ra,O=Test", ra.NewKey.Public, Vendors.Root, isCa: false));
        Answers.IsError(PkiFailureInfo.SignerNotTrusted, await foreign.IrAsync("CN=x,O=Test", Cancel));

        await ca.CountAsync("update certificate set status = 40 where subject_dn like 'CN=ra,%'", Cancel);
        ca.Clock.Advance(TimeSpan.FromSeconds(2));

        PkiMessage answer = await ra.IrAsync("CN=x,O=Test", Cancel);
        Assert.AreEqual(PkiBodyKind.Error, answer.Body.Kind);
        Assert.AreEqual("0", await ca.CountAsync("select count(*) from certificate where subject_dn like 'CN=x%'", Cancel));
    }

    /// <summary>CVE-2022-34831: ir and p10cr of an end entity with more names than it was registered with.</summary>
    [TestMethod]
    public async Task V5_Names_that_nobody_registered_are_not_certified()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel, alias => alias with { Mode = CmpMode.Client });
        foreach (bool pkcs10 in (bool[])[false, true])
        {
            string name = pkcs10 ? "device-2" : "device-1";
            (await ca.Get<EndEntityStore>().SetAsync(ca.Admin, new() { Username = name, SubjectDn = $"CN={name},O=Test", CaName = CmpCa.CaName, EndEntityProfile = "EMPTY", CertificateProfile = "ENDUSER" }, Cancel)).OrThrow();
            await ca.SetSecretAsync(name, "its very own", keepOthers: false, Cancel);
            TestClient client = TestClient.WithSecret(ca, name, "its very own");
            CertificateExtension[] more = [CertificateExtensions.SubjectAltName(GeneralNames.Parse("dNSName=bank.example.com").OrThrow()), CertificateExtensions.ExtendedKeyUsage(["1.3.6.1.5.5.7.3.1"])];
            DistinguishedName two = DistinguishedName.Parse($"CN={name},CN=bank,O=Test").OrThrow();
            PkiBody body = pkcs10
                ? new PkiBody.Pkcs10(CertificationRequest.Create(two, client.NewKey, HashAlgorithmName.SHA256, [RequestAttribute.ForExtensions(more)]))
                : TestClient.Body(client.Request(two.ToString(), t => t with { Extensions = more }));

            Certificate issued = Answers.CertificateOf(await client.SendAsync(body, Cancel));

            Assert.AreEqual($"CN={name},O=Test", issued.Subject.ToString());
            Assert.IsNull(issued.SubjectAltName);
            Assert.DoesNotContain("1.3.6.1.5.5.7.3.1", issued.ExtendedKeyUsage);
        }
    }

    /// <summary>CVE-2025-49602: the next message counts, not the next session.</summary>
    [TestMethod]
    public async Task V6_An_RA_that_lost_its_role_is_refused_at_its_next_message()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        TestClient ra = await Signers.RaAsync(ca, Cancel);
        Answers.CertificateOf(await ra.IrAsync("CN=first,O=Test", Cancel, TestClient.Implicitly));
        (await ca.Get<RoleStore>().DeleteAsync(ca.Admin, "RAs", Cancel)).OrThrow();
        ca.Clock.Advance(TimeSpan.FromSeconds(2));
        ra.TransactionId = RandomNumberGenerator.GetBytes(16);
        ra.LastNonce = null;

        Answers.IsError(PkiFailureInfo.NotAuthorized, await ra.IrAsync("CN=second,O=Test", Cancel));
    }

    /// <summary>Unknown and wrong read the same, octet by octet, whatever is asked.</summary>
    [TestMethod]
    public async Task V21_Nobody_learns_whose_secrets_there_are()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel, alias => alias with { Mode = CmpMode.Client, MaxWrongSecrets = 0 });
        await ca.SetSecretAsync("known", "its very own", keepOthers: false, Cancel);
        foreach (PkiBody body in (PkiBody[])[new PkiBody.General(PkiBodyKind.GeneralMessage, []), new PkiBody.PollRequests([new(0)])])
        {
            PkiMessage wrong = await TestClient.WithSecret(ca, "known", "not the secret").SendAsync(body, Cancel);
            PkiMessage unknown = await TestClient.WithSecret(ca, "other", "not the secret").SendAsync(body, Cancel);
            CollectionAssert.AreEqual(wrong.BodyEncoded.ToArray(), unknown.BodyEncoded.ToArray());
            Assert.AreEqual(wrong.Encoded.Length, unknown.Encoded.Length, 8.0, "signatures differ by some octets");
        }
    }

    /// <summary>A device that makes itself an RA, a CA, or the judge of its own proof.</summary>
    [TestMethod]
    public async Task V22_Nobody_asks_for_more_than_it_is()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        await ca.ChangeAsync(alias => alias with { AllowRaVerified = true }, Cancel);
        TestClient device = await Signers.DeviceAsync(ca, Cancel);
        foreach ((Func<CertReqMsg> make, PkiFailureInfo expected) in ((Func<CertReqMsg>, PkiFailureInfo)[])
        [
            (() => device.Request("CN=device,O=Test") with { Possession = new ProofOfPossession.RaVerified() }, PkiFailureInfo.NotAuthorized),
            (() => device.Request("CN=device,O=Test", t => t with { Extensions = [CertificateExtensions.ExtendedKeyUsage(["1.3.6.1.5.5.7.3.28"])] }), PkiFailureInfo.NotAuthorized),
            (() => device.Request("CN=device,O=Test", t => t with { Extensions = [CertificateExtensions.BasicConstraints(ca: true)] }), PkiFailureInfo.NotAuthorized),
        ])
        {
            device.TransactionId = RandomNumberGenerator.GetBytes(16);
            Answers.IsRejection(PkiBodyKind.InitializationResponse, expected, await device.SendAsync(TestClient.Body(make()), Cancel, h => h with { RecipientNonce = null }));
        }
    }

    /// <summary>Addresses in certificates, templates and questions are never called.</summary>
    [TestMethod]
    public async Task V23_Nothing_that_a_message_says_makes_a_connection()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string uri = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/x";
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        await ca.ChangeAsync(alias => alias with { Mode = CmpMode.Client, Authentication = [new(CmpModule.Hmac), new(CmpModule.EndEntityCertificate)] }, Cancel);
        using KeyPair key = KeyPair.Generate("P-256");
        Certificate pointing = Vendors.Issue("CN=stranger", key.Public, Vendors.Root, isCa: false, more: [CertificateExtensions.AuthorityInformationAccess([uri], [uri])]);

        await TestClient.WithCertificate(ca, key, pointing).IrAsync("CN=x", Cancel);
        await ca.SetSecretAsync("device-1", CmpCa.Secret, keepOthers: false, Cancel);
        TestClient client = TestClient.WithSecret(ca);
        await client.SendAsync(TestClient.Body(client.Request("CN=x", t => t with { Extensions = [CertificateExtensions.AuthorityInformationAccess([uri], [uri])] })), Cancel);
        await TestClient.WithSecret(ca).SendAsync(
            new PkiBody.General(PkiBodyKind.GeneralMessage, [InfoTypeAndValue.Of(Oids.CrlStatusList, new SequenceOf<CrlStatus>([new(new CrlSource.DistributionPoint(new([GeneralName.FromUri(uri)])))]))]), Cancel);

        Assert.IsFalse(listener.Pending());
    }

    /// <summary>Two certConf at the same moment have one effect and no error.</summary>
    [TestMethod]
    public async Task V24_A_certificate_is_confirmed_once()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        await using CmpCa other = await ca.AnotherAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);
        Certificate issued = Answers.CertificateOf(await client.IrAsync("CN=device,O=Test", Cancel));
        var status = new CertStatus(CertHash.Compute(issued).OrThrow(), 0, PkiStatusInfo.Accepted);
        PkiMessage one = client.Message(new PkiBody.CertificateConfirmation([status]));
        PkiMessage two = client.Message(new PkiBody.CertificateConfirmation([]));

        await Task.WhenAll(TryAsync(ca, one), TryAsync(other, two));

        string state = await ca.CountAsync("select t.state || '/' || c.status from cmp_transaction t, certificate c where c.type = 1", Cancel);
        Assert.IsTrue(state is "2/20" or "3/40", state);
    }

    private async Task TryAsync(CmpCa worker, PkiMessage message)
    {
        try
        {
            await worker.SendAsync(message, Cancel);
        }
        catch (Ca.Core.Ledger.ConcurrentChangeException)
        {
            // the worker looks again, and finds the other's effect
        }
    }
}
