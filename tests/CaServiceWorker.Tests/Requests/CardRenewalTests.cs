using System.Security.Cryptography;
using Ca.Core.Approvals;
using Ca.Core.Certificates;
using Ca.Core.EndEntities;
using Ca.Core.Issuance;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using Ca.Core.Storage;
using ExtRa.Messages.Contract;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;

namespace CaServiceWorker.Tests.Requests;

/// <summary>CardRenewalRequest: what it does and each line of SEMANTICS.md 4.8.</summary>
[TestClass]
public sealed class CardRenewalTests
{
    private const int EndUser = 1;
    private const int HardTokenSign = 8;

    private static readonly Actor Admin = Actor.Internal("test");

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(LinkMode.Plain)]
    [DataRow(LinkMode.Signed)]
    [DataRow(LinkMode.Both)]
    public async Task Both_certificates_of_a_card_are_renewed_under_the_profiles_they_had(LinkMode mode)
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        Card card = await CardAsync(system, "card");
        Response answer = await system.AskAsync(mode, card.Renew(), Cancel);

        Assert.IsTrue(answer.Success, answer.FailInfo);
        var response = (CardRenewalResponse)answer;
        Certificate authentication = Der.Decode<Certificate>(response.AuthCert).OrThrow();
        Certificate signature = Der.Decode<Certificate>(response.SignCert).OrThrow();
        Assert.IsTrue(authentication.PublicKey.SameKeyAs(card.Auth.Key.Public));
        Assert.IsTrue(signature.PublicKey.SameKeyAs(card.Sign.Key.Public));
        Assert.AreNotEqual(card.Auth.Certificate.Serial, authentication.Serial);
        Assert.AreEqual(EndEntityStatus.Generated, (await system.Get<EndEntityStore>().FindAsync("card", Cancel))!.Status);
        Assert.AreEqual("1,1,8,8", await system.CountAsync(
            "select string_agg(certificate_profile_id::text, ',' order by certificate_profile_id) from certificate where username = 'card'", Cancel));
    }

    [TestMethod]
    public async Task An_encrypted_request_without_a_signature_is_refused()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        Card card = await CardAsync(system, "card");
        Assert.AreEqual(RefusalCode.DecryptionFailed, (await system.AskAsync(LinkMode.Encrypted, card.Renew(), Cancel)).Reason);
    }

    [TestMethod]
    public async Task The_profiles_may_be_chosen()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        Card card = await CardAsync(system, "card");
        await system.StartWorkerAsync(Cancel);
        Assert.IsTrue((await system.AskAsync(card.Renew() with { AuthProfile = HardTokenSign, SignProfile = EndUser }, Cancel)).Success);
    }

    [TestMethod]
    [DataRow(LinkMode.Plain)]
    [DataRow(LinkMode.Signed)]
    [DataRow(LinkMode.Both)]
    public async Task Flaw_E6_A_refused_renewal_changes_nothing_and_half_a_card_is_never_made(LinkMode mode)
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        system.Use(mode);
        Card card = await CardAsync(system, "card");
        Card other = await CardAsync(system, "other");
        await system.StartWorkerAsync(Cancel);
        string before = await system.StateAsync(Cancel);
        CardRenewalRequest good = card.Renew();
        using var pki = new TestPki();
        foreach ((RefusalCode code, CardRenewalRequest request) in new[]
        {
            (RefusalCode.Malformed, good with { AuthCert = [] }),
            (RefusalCode.Malformed, good with { SignCert = [] }),
            (RefusalCode.Malformed, good with { AuthPkcs10 = [] }),
            (RefusalCode.Malformed, good with { SignPkcs10 = [] }),
            (RefusalCode.NotFound, good with { AuthCert = pki.Certificate.Encoded.ToArray() }),
            (RefusalCode.NotFound, good with { SignCert = pki.Certificate.Encoded.ToArray() }),
            (RefusalCode.BadSignature, good with { AuthPkcs10 = good.SignPkcs10 }),
            (RefusalCode.BadSignature, good with { SignPkcs10 = good.AuthPkcs10 }),
            (RefusalCode.NotFound, good with { SignCert = other.Renew().SignCert, SignPkcs10 = other.Renew().SignPkcs10 }),
            (RefusalCode.NotFound, good with { AuthProfile = 4711 }),
            (RefusalCode.NotFound, good with { SignCa = 4711 }),
            (RefusalCode.PolicyViolation, good with { SignProfile = 3 }),
        })
        {
            await system.RefusedAsync<ExtRAResponse>(code, request, Cancel);
        }

        Assert.AreEqual(before, await system.StateAsync(Cancel));
    }

    [TestMethod]
    [DataRow(LinkMode.Plain)]
    [DataRow(LinkMode.Signed)]
    [DataRow(LinkMode.Both)]
    public async Task An_end_entity_that_nobody_made_ready_and_a_revoked_certificate_are_refused(LinkMode mode)
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        system.Use(mode);
        Card card = await CardAsync(system, "card");
        (await system.Get<EndEntityStore>().SetStatusAsync(Admin, "card", EndEntityStatus.Generated, Cancel)).OrThrow();
        await system.StartWorkerAsync(Cancel);
        await system.RefusedAsync<ExtRAResponse>(RefusalCode.Conflict, card.Renew(), Cancel);
        Assert.IsTrue((await system.AskAsync(
            new RevocationRequest { IssuerDn = "CN=IssuingCA,O=Test", CertificateSn = card.Sign.Certificate.Serial.ToString(), RevocationReason = 1 }, Cancel)).Success);
        await system.RefusedAsync<ExtRAResponse>(RefusalCode.Revoked, card.Renew(), Cancel);
    }

    [TestMethod]
    public async Task Flaw_E14_A_first_certificate_that_a_crash_left_behind_becomes_half_of_the_card()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        Card card = await CardAsync(system, "card");
        CardRenewer renewer = system.Get<CardRenewer>();
        CardRenewalOrder order = new(Admin, new("crash", new byte[32], 0), card.Half(card.Auth), card.Half(card.Sign));
        RenewedCard lost = (await renewer.RenewAsync(order, new(), Cancel)).OrThrow();
        Assert.AreEqual("3", await system.CountAsync("select count(*) from certificate where username = 'card'", Cancel));

        var work = new Ca.Core.Ledger.CaWork();
        RenewedCard found = (await renewer.RenewAsync(order, work, Cancel)).OrThrow();
        await system.Get<Ca.Core.Ledger.ICaLedger>().CommitAsync(work, Cancel);

        Assert.AreEqual(lost.Authentication.Serial, found.Authentication.Serial);
        Assert.AreEqual(lost.Signature.Serial, found.Signature.Serial);
        Assert.AreEqual("4", await system.CountAsync("select count(*) from certificate where username = 'card'", Cancel));
    }

    [TestMethod]
    public async Task Flaw_E14_A_plan_of_the_first_certificate_that_a_crash_left_behind_is_finished_at_once()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        Card card = await CardAsync(system, "card");
        CardRenewalOrder order = new(Admin, new("crash", new byte[32], 0), card.Half(card.Auth), card.Half(card.Sign));
        var dying = new CardRenewer(
            system.Get<IDbContextFactory<CaDbContext>>(), system.Get<CaConfiguration>(), system.Get<Issuer>(), system.Get<Revoker>(), system.Get<Inbox>(), new DyingLedger(), system.Get<ApprovalGate>(), TimeProvider.System);
        await Assert.ThrowsExactlyAsync<IOException>(() => dying.RenewAsync(order, new(), Cancel));
        string planned = await system.CountAsync("select serial from issuance_plan", Cancel);

        RenewedCard found = (await system.Get<CardRenewer>().RenewAsync(order, new(), Cancel)).OrThrow();
        Assert.AreEqual(planned, found.Authentication.Serial.ToString());
    }

    [TestMethod]
    public async Task Where_the_second_certificate_can_no_longer_be_made_the_first_is_revoked()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        Card card = await CardAsync(system, "card");
        CardRenewer renewer = system.Get<CardRenewer>();
        CardRenewalOrder order = new(Admin, new("crash", new byte[32], 0), card.Half(card.Auth), card.Half(card.Sign));
        RenewedCard lost = (await renewer.RenewAsync(order, new(), Cancel)).OrThrow();
        await TestDatabases.RunPostgreSqlAsync(system.CaDatabase, "delete from issuance_plan; update end_entity set subject_dn = 'O=Test' where username = 'card'", Cancel);

        Assert.IsFalse((await renewer.RenewAsync(order, new(), Cancel)).Succeeded(out _, out _));
        CertificateView first = (await system.Get<CertificateStore>().FindAsync("IssuingCA", lost.Authentication.Serial.ToString(), Cancel))!;
        Assert.AreEqual(CertificateStatus.Revoked, first.Status);
        Assert.IsFalse((await renewer.RenewAsync(order, new(), Cancel)).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.Revoked, refusal.Code);
    }

    private async Task<Card> CardAsync(TestSystem system, string name)
    {
        var card = new Card(await IssueAsync(system, name, "ENDUSER"), await IssueAsync(system, name, "HARDTOKEN_SIGN"));
        (await system.Get<EndEntityStore>().SetStatusAsync(Admin, name, EndEntityStatus.New, Cancel)).OrThrow();
        return card;
    }

    private async Task<KeyStore> IssueAsync(TestSystem system, string name, string profile) => (await system.Get<KeyStoreIssuer>().IssueAsync(
        new() { Actor = Admin, Username = name, SubjectDn = $"CN={name},O=Test", CaName = "IssuingCA", CertificateProfile = profile, KeySpec = "P-256" }, Cancel)).OrThrow();

    private sealed record Card(KeyStore Auth, KeyStore Sign)
    {
        public CardRenewalRequest Renew() => new()
        {
            RequestId = 11,
            AuthCert = Auth.Certificate.Encoded.ToArray(),
            SignCert = Sign.Certificate.Encoded.ToArray(),
            AuthPkcs10 = Pkcs10(Auth).Encoded.ToArray(),
            SignPkcs10 = Pkcs10(Sign).Encoded.ToArray(),
        };

        public CardCertificate Half(KeyStore store) => new(store.Certificate, Pkcs10(store), null, null);

        private static CertificationRequest Pkcs10(KeyStore store) => CertificationRequest.Create(store.Certificate.Subject, store.Key, HashAlgorithmName.SHA256);
    }

    /// <summary>The process ends before anything of this reaches the disk.</summary>
    private sealed class DyingLedger : ICaLedger
    {
        public Task CommitAsync(CaWork work, CancellationToken cancel) => throw new IOException("The machine is gone.");
    }
}
