using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using Ca.Core.Approvals;
using Ca.Core.Authorities;
using Ca.Core.EndEntities;
using Ca.Core.Issuance;
using Ca.Core.Roles;
using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using Microsoft.Extensions.DependencyInjection;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;

namespace CaServiceWorker.Tests;

/// <summary>A revoked RA gets nothing from the moment of its revocation on, whatever the worker remembers of it (FLAWS.md C7, APPROVALS §11.9).</summary>
[TestClass]
public sealed class RevokedRaTests
{
    private static readonly TimeSpan Patience = Eventually.Patience;
    private static readonly Actor Admin = Actor.Internal("test");

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(nameof(Milestone.AfterClaim))]
    [DataRow(nameof(Milestone.AfterOpen))]
    [DataRow(nameof(Milestone.BeforeCommit), DisplayName = "between admission and commit")]
    public async Task Revoked_while_its_request_is_on_the_way_it_gets_nothing(string milestone)
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await WarmAsync(system, Enum.Parse<Milestone>(milestone));
        Response response = (await AnswerAsync(system, await system.Client.SubmitAsync([TestSystem.Enrol("router")], Cancel))).Responses.Single();
        Assert.AreEqual(RefusalCode.Revoked, response.Reason);
        Assert.AreEqual("0 0", await system.CountAsync("select (select count(*) from certificate where username = 'router') || ' ' || (select count(*) from end_entity where username = 'router')", Cancel));
    }

    [TestMethod]
    public async Task Revoked_after_its_request_was_approved_it_gets_nothing_though_the_worker_has_just_believed_it()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await WarmAsync(system, Milestone.BeforeCommit); // not reached by a request that is set aside
        (await system.Get<CertificateAuthorities>().SetSettingsAsync(Admin, "IssuingCA", new() { Approvals = new() { AddEditEndEntity = 1 } }, Cancel)).OrThrow();
        SentMessage sent = await system.Client.SubmitAsync([TestSystem.Enrol("router")], Cancel);
        ApprovalDesk desk = system.Get<ApprovalDesk>();
        await Eventually.BecomesTrueAsync(async _ => (await desk.ListAsync(Admin, new(), Cancel)).Total == 1, Patience, Cancel, "it waits");
        (await desk.ApproveAsync(Admin, (await desk.ListAsync(Admin, new(), Cancel)).Items.Single().Id, null, Cancel)).OrThrow();

        Assert.AreEqual(RefusalCode.Revoked, (await AnswerAsync(system, sent)).Responses.Single().Reason);
        Assert.AreEqual("0 -6", await system.CountAsync("select (select count(*) from certificate where username = 'router') || ' ' || status from approval", Cancel));
    }

    [TestMethod]
    public async Task What_it_asks_to_revoke_or_to_edit_stays_as_it_is()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await WarmAsync(system, Milestone.BeforeCommit);
        string serial = await system.CountAsync("select serial from certificate where username = 'warm'", Cancel);
        var revoke = new RevocationRequest { RequestId = 2, IssuerDn = "CN=IssuingCA,O=Test", CertificateSn = serial, RevocationReason = 1 };
        ExtRaAnswer answer = await AnswerAsync(system, await system.Client.SubmitAsync([revoke, TestSystem.Enrol("router")], Cancel));
        Assert.IsTrue(answer.Responses.All(response => response.Reason == RefusalCode.Revoked), string.Join(", ", answer.Responses.Select(r => r.Reason)));
        Assert.AreEqual("20", await system.CountAsync("select status from certificate where username = 'warm'", Cancel));
    }

    [TestMethod]
    public async Task Half_a_card_that_was_made_before_is_taken_back()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        KeyStore authentication = await CardAsync(system, "ENDUSER"), signature = await CardAsync(system, "HARDTOKEN_SIGN");
        (await system.Get<EndEntityStore>().SetStatusAsync(Admin, "card", EndEntityStatus.New, Cancel)).OrThrow();
        await WarmAsync(system, Milestone.BeforeCommit);
        var renewal = new CardRenewalRequest
        {
            AuthCert = authentication.Certificate.Encoded.ToArray(),
            SignCert = signature.Certificate.Encoded.ToArray(),
            AuthPkcs10 = Pkcs10(authentication),
            SignPkcs10 = Pkcs10(signature),
        };
        Response response = (await AnswerAsync(system, await system.Client.SubmitAsync([renewal], Cancel))).Responses.Single();
        Assert.AreEqual(RefusalCode.Revoked, response.Reason);
        Assert.AreEqual("20,20,40", await system.CountAsync("select string_agg(status::text, ',' order by issued_at, status) from certificate where username = 'card'", Cancel));
    }

    private async Task<KeyStore> CardAsync(TestSystem system, string profile) => (await system.Get<KeyStoreIssuer>().IssueAsync(
        new() { Actor = Admin, Username = "card", SubjectDn = "CN=card,O=Test", CaName = "IssuingCA", CertificateProfile = profile, KeySpec = "P-256" }, Cancel)).OrThrow();

    private static byte[] Pkcs10(KeyStore store) => CertificationRequest.Create(store.Certificate.Subject, store.Key, HashAlgorithmName.SHA256).Encoded.ToArray();

    /// <summary>A worker that has just served this RA, and in which a message that passes the milestone meets the RA's revocation.</summary>
    private async Task WarmAsync(TestSystem system, Milestone at)
    {
        var revocation = new AtMilestone(at, () => system.RevokeAsync(system.Ra, Cancel));
        await system.StartWorkerAsync(Cancel, services => services.AddSingleton<IMilestones>(revocation));
        Assert.IsTrue((await system.Client.SendAsync([TestSystem.Enrol("warm")], Patience, Cancel)).OrThrow().Responses.Single().Success);
        revocation.Arm();
    }

    /// <summary>The signature of a certificate is not covered by itself: anybody can change its octets and leave it right.</summary>
    [TestMethod]
    public async Task Revoked_it_gets_nothing_with_its_certificate_in_another_encoding_either()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        KeyStore honest = Reencoded(await system.IssueLinkAsync("reencoded", Cancel)), revoked = await system.IssueLinkAsync("revoked-reencoded", Cancel);
        await system.RevokeAsync(revoked, Cancel);
        system.Configuration["Ca"]!["RequireAdministratorInDatabase"] = false; // as sites set it whose RAs' certificates are not in the store
        await system.StartWorkerAsync(Cancel);

        foreach ((KeyStore ra, RefusalCode? expected) in ((KeyStore, RefusalCode?)[])[(honest, null), (revoked, RefusalCode.Revoked), (Reencoded(revoked), RefusalCode.Revoked)])
        {
            RequestId id = RawMessages.NewId();
            string column = system.Seal(RawMessages.Content(id, TestSystem.Enrol("router-" + id.MessageId)), ra);
            await system.StoreAsync(id, column, Cancel);
            Assert.AreEqual(expected, (await system.AnswerAsync(id, column, ra, Cancel)).Single().Reason);
        }
    }

    /// <summary>Of an ECDSA signature (r, s) anybody can make (r, n - s), which is as right.</summary>
    private static KeyStore Reencoded(KeyStore ra)
    {
        var order = new BigInteger(Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"), isUnsigned: true, isBigEndian: true); // of P-256
        AsnReader fields = new AsnReader(ra.Certificate.Encoded, AsnEncodingRules.DER).ReadSequence();
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(fields.ReadEncodedValue().Span);
            writer.WriteEncodedValue(fields.ReadEncodedValue().Span);
            AsnReader signature = new AsnReader(fields.ReadBitString(out _), AsnEncodingRules.DER).ReadSequence();
            var negated = new AsnWriter(AsnEncodingRules.DER);
            using (negated.PushSequence())
            {
                negated.WriteInteger(signature.ReadInteger());
                negated.WriteInteger(order - signature.ReadInteger());
            }

            writer.WriteBitString(negated.Encode());
        }

        return ra with { Certificate = Der.Decode<Certificate>(writer.Encode()).OrThrow() };
    }

    private async Task<ExtRaAnswer> AnswerAsync(TestSystem system, SentMessage sent)
    {
        ExtRaAnswer? answer = null;
        await Eventually.BecomesTrueAsync(
            async _ => !(answer = (await system.Client.AwaitAsync(sent, TimeSpan.FromMilliseconds(100), Cancel)).OrThrow()).IsPending, Patience, Cancel, "an answer");
        return answer!;
    }

    /// <summary>Does something at the first passage of a milestone after it was armed.</summary>
    private sealed class AtMilestone(Milestone at, Func<Task> act) : IMilestones
    {
        private int armed;

        public void Arm() => Volatile.Write(ref armed, 1);

        public void Reached(Milestone milestone, string uniqueId)
        {
            if (milestone == at && Interlocked.Exchange(ref armed, 0) == 1)
            {
                Task.Run(act).GetAwaiter().GetResult();
            }
        }
    }
}
