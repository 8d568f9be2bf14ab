using System.Security.Cryptography;
using Ca.Core.EndEntities;
using Ca.Core.Issuance;
using Ca.Core.Roles;
using CaServiceWorker.Tests.Requests;
using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using Microsoft.Extensions.Hosting;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;

namespace CaServiceWorker.Tests;

/// <summary>
/// A worker that dies while it makes keys, recovers one or renews a card: each request is answered once, with one
/// certificate, and what is kept opens (FLAWS.md F1, E14).
/// </summary>
[TestClass]
public sealed class KeyKillTests
{
    private static readonly TimeSpan Patience = Eventually.Patience;
    private static readonly Actor Admin = Actor.Internal("test");

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    public static IEnumerable<object[]> Deaths =>
        from milestone in Enum.GetValues<Milestone>() select new object[] { milestone.ToString(), milestone < Milestone.AfterCommit ? 3 : 1 };

    [TestMethod]
    [DynamicData(nameof(Deaths))]
    public async Task Flaw_F1_E14_A_worker_killed_among_requests_that_make_keys_repeats_none_and_loses_no_key(string milestone, int passage)
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await system.KeepKeysAsync(Cancel);
        system.WorkerSection["ClaimLease"] = "00:00:01";
        system.WorkerSection["MaxAttempts"] = 100;
        using KeyStore kept = await KeptAsync(system);
        using KeyStore authentication = await IssueAsync(system, "ENDUSER");
        using KeyStore signature = await IssueAsync(system, "HARDTOKEN_SIGN");
        (await system.Get<EndEntityStore>().SetStatusAsync(Admin, "card", EndEntityStatus.New, Cancel)).OrThrow();

        Request[] requests =
        [
            KeyFiles.Pkcs12("made") with { StoreKeys = true },
            OneShot("shot"),
            Recover(kept),
            new CardRenewalRequest
            {
                AuthCert = authentication.Certificate.Encoded.ToArray(),
                SignCert = signature.Certificate.Encoded.ToArray(),
                AuthPkcs10 = Pkcs10(authentication),
                SignPkcs10 = Pkcs10(signature),
            },
        ];
        SentMessage[] sent = await Task.WhenAll(requests.Select(request => system.Client.SubmitAsync([request], Cancel)));
        await using (WorkerProcess dying = WorkerProcess.Start(system.WriteConfiguration(), milestone, passage))
        {
            await dying.CrashesAsync(Patience, Cancel);
        }

        await system.StartWorkerAsync(Cancel);
        Response[] answers = await Task.WhenAll(sent.Select(one => AnswerAsync(system, one)));
        Assert.IsTrue(answers.All(answer => answer.Success), string.Join("; ", answers.Select(answer => answer.FailInfo)));

        using KeyStore made = KeyFiles.Open(((PKCS12Response)answers[0]).KeyStore);
        Assert.IsTrue(made.Certificate.PublicKey.SameKeyAs(made.Key.Public));
        Assert.AreEqual(await SerialsAsync(system, "made"), made.Certificate.Serial.ToString(), "The one certificate is the one that was delivered.");
        Assert.AreEqual(await SerialsAsync(system, "shot"), Der.Decode<Certificate>(((CertificateRequestResponse)answers[1]).ResponseData).OrThrow().Serial.ToString());
        using KeyStore recovered = KeyFiles.Open(((PKCS12Response)answers[2]).KeyStore);
        Assert.IsTrue(recovered.Certificate.Encoded.Span.SequenceEqual(kept.Certificate.Encoded.Span));
        var card = (CardRenewalResponse)answers[3];
        string[] serials = [.. ((byte[][])[card.AuthCert!, card.SignCert!]).Select(der => Der.Decode<Certificate>(der).OrThrow().Serial.ToString())];
        CollectionAssert.IsSubsetOf(serials, (await SerialsAsync(system, "card")).Split(' '));
        Assert.AreEqual("4 2 0 0", await system.CountAsync(
            "select concat_ws(' ', (select count(*) from certificate where username = 'card'), (select count(*) from key_escrow), (select count(*) from issuance_plan), (select count(*) from certificate where status <> 20))", Cancel));

        using KeyStore again = KeyFiles.Open(((PKCS12Response)await system.AskAsync(Recover(made), Cancel)).KeyStore);
        Assert.IsTrue(again.Key.Public.SameKeyAs(made.Key.Public), "The kept key is the delivered one.");
    }

    private async Task<KeyStore> KeptAsync(TestSystem system)
    {
        using IHost worker = await system.StartWorkerAsync(Cancel);
        KeyStore kept = KeyFiles.Open(((PKCS12Response)await system.AskAsync(KeyFiles.Pkcs12("kept") with { StoreKeys = true }, Cancel)).KeyStore);
        await system.StopWorkersAsync();
        return kept;
    }

    private async Task<KeyStore> IssueAsync(TestSystem system, string profile) => (await system.Get<KeyStoreIssuer>().IssueAsync(
        new() { Actor = Admin, Username = "card", SubjectDn = "CN=card,O=Test", CaName = "IssuingCA", CertificateProfile = profile, KeySpec = "P-256" }, Cancel)).OrThrow();

    private static byte[] Pkcs10(KeyStore store) => CertificationRequest.Create(store.Certificate.Subject, store.Key, HashAlgorithmName.SHA256).Encoded.ToArray();

    private static CertificateRequestRequest OneShot(string name) => new()
    {
        Username = name,
        SubjectDn = $"CN={name},O=Test",
        CaName = "IssuingCA",
        EndEntityProfileName = "EMPTY",
        CertificateProfileName = "ENDUSER",
        CreateOrEditUser = true,
        RequestType = 0,
        RequestData = TestSystem.Enrol(name).Pkcs10,
        ResponseType = 0,
    };

    private static KeyRecoveryRequest Recover(KeyStore store) => new()
    {
        Username = store.Certificate.Subject.ToString().Split(',')[0][3..],
        Password = Secret.FromText(KeyFiles.Password),
        IssuerDn = store.Certificate.Issuer.ToString(),
        CertificateSn = store.Certificate.Serial.ToString(),
        ReuseCertificate = true,
    };

    private Task<string> SerialsAsync(TestSystem system, string user) =>
        system.CountAsync($"select string_agg(serial, ' ') from certificate where username = '{user}'", Cancel);

    private async Task<Response> AnswerAsync(TestSystem system, SentMessage sent)
    {
        ExtRaAnswer? answer = null;
        await Eventually.BecomesTrueAsync(
            async _ => !(answer = (await system.Client.AwaitAsync(sent, TimeSpan.FromMilliseconds(100), Cancel)).OrThrow()).IsPending, Patience, Cancel, "an answer");
        return answer!.Responses.Single();
    }
}
