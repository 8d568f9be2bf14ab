using System.Security.Cryptography;
using Ca.Core.Cmp;
using Ca.Core.EndEntities;
using Ca.Core.Profiles;
using Pki.Protocols.Cmp;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests;

/// <summary>Switches of an alias, each by itself (CMP-0-2, H-3, C-4, O-42, O-45, O-100, A-26).</summary>
[TestClass]
public sealed class AliasSwitchTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    public static IEnumerable<(string Name, CmpChecks Check, Func<PkiHeader, PkiHeader> Bend, PkiFailureInfo Expected)> Checks =>
    [
        ("messageTime", new() { MessageTime = true }, h => h with { MessageTime = null }, PkiFailureInfo.BadTime),
        ("transactionID", new() { TransactionId = true }, h => h with { TransactionId = null }, PkiFailureInfo.BadDataFormat),
        ("senderNonce", new() { SenderNonce = true }, h => h with { SenderNonce = new byte[8] }, PkiFailureInfo.BadSenderNonce),
        ("recipNonce", new() { NoFirstRecipNonce = true }, h => h with { RecipientNonce = new byte[16] }, PkiFailureInfo.BadRequest),
        ("sender", new() { NamedSecret = true }, h => h with { Sender = GeneralName.Directory(DistinguishedName.Empty) }, PkiFailureInfo.BadMessageCheck),
        ("recipient", new() { Recipient = true }, h => h with { Recipient = GeneralName.Directory(DistinguishedName.Parse("CN=Somebody").OrThrow()) }, PkiFailureInfo.WrongAuthority),
    ];

    /// <summary>CMP-0-2: one check more in interop, and one less in lightweight.</summary>
    [TestMethod]
    [DynamicData(nameof(Checks))]
    public async Task Each_check_is_switched_by_itself(string name, CmpChecks check, Func<PkiHeader, PkiHeader> bend, PkiFailureInfo expected)
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        Answers.CertificateOf(await ca.SendAsync(Ir(ca, "CN=before,O=Test", bend), Cancel));

        await ca.ChangeAsync(alias => alias with { Checks = check }, Cancel);

        Answers.IsError(expected, await ca.SendAsync(Ir(ca, "CN=after,O=Test", bend), Cancel));
        Answers.CertificateOf(await ca.SendAsync(Ir(ca, "CN=straight,O=Test", h => h), Cancel));
        Assert.IsNotNull(name);
    }

    [TestMethod]
    public async Task A_lightweight_alias_can_be_lenient_in_one_point()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel, alias => alias with { Conformance = CmpConformance.Lightweight, Checks = new() { MessageTime = false } });

        Answers.CertificateOf(await ca.SendAsync(Ir(ca, "CN=a,O=Test", h => h with { MessageTime = null }), Cancel));
        Answers.IsError(PkiFailureInfo.BadSenderNonce, await ca.SendAsync(Ir(ca, "CN=b,O=Test", h => h with { SenderNonce = null }), Cancel));
    }

    [TestMethod]
    public async Task A_strict_alias_issues_as_asked_for_or_not_at_all()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel, alias => alias with { StrictTemplate = true });
        TestClient client = TestClient.WithSecret(ca);

        PkiMessage other = await client.SendAsync(TestClient.Body(client.Request("CN=a,O=Test", t => t with { Validity = new(null, ca.Clock.GetUtcNow().AddYears(50)) })), Cancel);

        Answers.IsRejection(PkiBodyKind.InitializationResponse, PkiFailureInfo.BadCertTemplate, other);
        Assert.AreEqual("0", await ca.CountAsync("select count(*) from issuance_plan", Cancel), "refused before anything is planned");
        Answers.CertificateOf(await TestClient.WithSecret(ca).IrAsync("CN=a,O=Test", Cancel));
    }

    [TestMethod]
    public async Task Several_revocations_in_one_message_each_get_their_answer()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        TestClient ra = await Signers.RaAsync(ca, Cancel);
        using KeyPair one = KeyPair.Generate("P-256");
        using KeyPair two = KeyPair.Generate("P-256");
        Certificate[] targets = [await ca.EnrolAsync("one", one, Cancel), await ca.EnrolAsync("two", two, Cancel)];
        RevDetails Of(Certificate c) => new(new() { Issuer = c.Issuer, Serial = c.Serial }, []);
        var stranger = new RevDetails(new() { Issuer = targets[0].Issuer, Serial = new SerialNumber(new byte[] { 1, 2, 3 }) }, []);

        PkiMessage answer = await ra.SendAsync(new PkiBody.Revocations([Of(targets[0]), stranger, Of(targets[0]), Of(targets[1])]), Cancel);

        RevRepContent content = ((PkiBody.RevocationResponses)answer.Body).Content;
        CollectionAssert.AreEqual((PkiFailureInfo?[])[null, PkiFailureInfo.BadCertId, PkiFailureInfo.BadRequest, null], content.Statuses.Select(s => s.Failure).ToArray());
        Assert.HasCount(4, content.Revoked);
        Assert.AreEqual("2", await ca.CountAsync("select count(*) from certificate where status = 40", Cancel));
        await ca.ChangeAsync(alias => alias with { Checks = new() { OneOnly = true } }, Cancel);
        ra.TransactionId = RandomNumberGenerator.GetBytes(16);
        Answers.IsError(PkiFailureInfo.BadRequest, await ra.SendAsync(new PkiBody.Revocations([Of(targets[0]), Of(targets[1])]), Cancel, h => h with { RecipientNonce = null }));
    }

    [TestMethod]
    public async Task A_key_update_needs_an_administrator_unless_the_alias_says_otherwise()
    {
        Assert.IsFalse(new CmpAlias { CaName = CmpCa.CaName }.AllowAutomaticKeyUpdate, "the documented default");
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        await ca.ChangeAsync(alias => alias with { AllowAutomaticKeyUpdate = false }, Cancel);
        TestClient device = await Signers.DeviceAsync(ca, Cancel);

        Answers.IsRejection(PkiBodyKind.KeyUpdateResponse, PkiFailureInfo.NotAuthorized, await device.SendAsync(TestClient.Body(device.Request("CN=device,O=Test"), PkiBodyKind.KeyUpdateRequest), Cancel));
        (await ca.Get<EndEntityStore>().SetStatusAsync(ca.Admin, "device", EndEntityStatus.New, Cancel)).OrThrow();
        device.TransactionId = RandomNumberGenerator.GetBytes(16);
        Answers.CertificateOf(await device.SendAsync(TestClient.Body(device.Request("CN=device,O=Test"), PkiBodyKind.KeyUpdateRequest), Cancel, h => h with { RecipientNonce = null }));
    }

    [TestMethod]
    public async Task An_RA_that_wraps_may_need_a_certificate_for_that()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        await ca.ChangeAsync(alias => alias with { Checks = new() { RaPurpose = true } }, Cancel);
        TestClient ra = await Signers.RaAsync(ca, Cancel);
        PkiMessage inner = Ir(ca, "CN=device,O=Test", h => h);
        ra.TransactionId = inner.Header.TransactionId!.Value.ToArray();

        Answers.IsError(PkiFailureInfo.NotAuthorized, await ca.SendAsync(ra.Message(new PkiBody.Nested([inner]), h => h with { SenderNonce = inner.Header.SenderNonce }), Cancel));
    }

    /// <summary>CMP-C-3: a device that has addresses and no name.</summary>
    [TestMethod]
    public async Task An_empty_subject_needs_alternative_names_and_a_profile_that_allows_it()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel, alias => alias with { NameGeneration = new(CmpNameScheme.Random) });
        CertificateExtension names = CertificateExtensions.SubjectAltName(GeneralNames.Parse("dNSName=device.example.com").OrThrow());
        PkiBody Nameless(TestClient c) => TestClient.Body(c.Request("CN=x", t => t with { Subject = DistinguishedName.Empty, Extensions = [names] }));
        TestClient refused = TestClient.WithSecret(ca);
        Answers.IsRejection(PkiBodyKind.InitializationResponse, PkiFailureInfo.BadCertTemplate, await refused.SendAsync(Nameless(refused), Cancel));
        (await ca.Get<ProfileStore>().SetAsync(ca.Admin, "nameless", FixedProfiles.Empty with { SubjectFields = [] }, Cancel)).OrThrow();
        await ca.ChangeAsync(alias => alias with { EndEntityProfile = "nameless" }, Cancel);
        TestClient client = TestClient.WithSecret(ca);

        Certificate issued = Answers.CertificateOf(await client.SendAsync(Nameless(client), Cancel));

        Assert.IsTrue(issued.Subject.IsEmpty);
        Assert.IsTrue(issued.Extensions.Single(e => e.Oid == Pki.Protocols.Asn1.Oids.SubjectAltName).Critical, "RFC 5280 §4.2.1.6");
    }

    private static PkiMessage Ir(CmpCa ca, string subject, Func<PkiHeader, PkiHeader> bend)
    {
        TestClient client = TestClient.WithSecret(ca);
        return client.Message(TestClient.Body(client.Request(subject)), bend);
    }
}
