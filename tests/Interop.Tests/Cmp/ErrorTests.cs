using System.Net;
using System.Security.Cryptography;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.X509;
using TestKit;

namespace Interop.Tests.Cmp;

/// <summary>
/// What is wrong gets the documented answer (CMP.md §8) through proxy, message database and worker, and no certificate.
/// </summary>
[TestClass, NeedsTool("initdb")]
public sealed class ErrorTests
{
    private readonly string device = $"wrong-{Guid.NewGuid():n}"[..16];

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    private PkiBody.CertificateRequests Request(KeyPair key) => CmpClientTransaction.RequestFor(
        PkiBodyKind.InitializationRequest, key, new() { Subject = DistinguishedName.Parse($"CN={device},O=Interop").OrThrow() });

    [TestMethod]
    public async Task CMP_X_4_a_wrong_secret_is_badMessageCheck_signed_by_the_CA()
    {
        CmpSite site = await CmpSite.GetAsync();
        using KeyPair key = KeyPair.Generate("P-256");
        await RefusesAsync(site, site.Begin(site.Knowing(device, "not the secret")), transaction => transaction.Next(Request(key)), PkiFailureInfo.BadMessageCheck);
    }

    [TestMethod]
    public async Task CMP_X_4_a_signature_by_another_key_than_the_certificates_is_badMessageCheck()
    {
        CmpSite site = await CmpSite.GetAsync();
        using KeyPair another = KeyPair.Generate("P-256");
        await RefusesAsync(site, site.Begin(CmpCredentials.OfCertificate(site.Ra with { Key = another })), transaction => transaction.Next(Request(another)), PkiFailureInfo.BadMessageCheck);
    }

    [TestMethod]
    public async Task CMP_X_10_another_key_in_the_proof_of_possession_is_badPOP()
    {
        CmpSite site = await CmpSite.GetAsync();
        using KeyPair key = KeyPair.Generate("P-256");
        using KeyPair another = KeyPair.Generate("P-256");
        CertReqMsg right = Request(key).Requests[0];
        CertReqMsg wrong = right with { Possession = Request(another).Requests[0].Possession };
        await RefusesAsync(site, site.Begin(site.Knowing(device)), transaction => transaction.Next(new PkiBody.CertificateRequests(PkiBodyKind.InitializationRequest, [wrong])), PkiFailureInfo.BadPop);
    }

    [TestMethod]
    [DataRow(-6)]
    [DataRow(6)]
    public async Task CMP_H_4_a_messageTime_minutes_away_is_badTime(int minutes)
    {
        CmpSite site = await CmpSite.GetAsync();
        using KeyPair key = KeyPair.Generate("P-256");
        CmpCredentials credentials = site.Knowing(device);
        await RefusesAsync(
            site,
            site.Begin(credentials),
            transaction => credentials.Protect(transaction.NextHeader() with { MessageTime = TimeProvider.System.GetUtcNow().AddMinutes(minutes) }, Request(key)),
            PkiFailureInfo.BadTime);
    }

    [TestMethod]
    public async Task CMP_H_9_a_transactionID_used_before_is_transactionIdInUse()
    {
        CmpSite site = await CmpSite.GetAsync();
        using KeyPair key = KeyPair.Generate("P-256");
        CmpClientTransaction transaction = site.Begin(site.Knowing(device));
        using var client = new CmpHttp();
        CmpClientTransaction.IssuedIn(transaction.Read(await client.PostAsync(site.Url(CmpSite.Interop), transaction.Next(Request(key)), Cancel)).OrThrow()).OrThrow();
        await RefusesAsync(site, transaction, again => again.Next(Request(key)), PkiFailureInfo.TransactionIdInUse, certificates: 1);
    }

    [TestMethod]
    public async Task CMP_H_11_H_12_nonces_of_a_certConf_that_are_repeated_or_wrong_are_refused_and_the_right_one_still_counts()
    {
        CmpSite site = await CmpSite.GetAsync();
        using KeyPair key = KeyPair.Generate("P-256");
        CmpCredentials credentials = site.Knowing(device);
        CmpClientTransaction transaction = site.Begin(credentials);
        using var client = new CmpHttp();
        PkiMessage request = transaction.Next(Request(key));
        Certificate issued = CmpClientTransaction.IssuedIn(transaction.Read(await client.PostAsync(site.Url(CmpSite.Interop), request, Cancel)).OrThrow()).OrThrow();
        PkiBody confirmation = CmpClientTransaction.ConfirmationOf(issued).OrThrow();
        PkiHeader right = transaction.NextHeader();

        await FailsAsync(right with { SenderNonce = request.Header.SenderNonce }, PkiFailureInfo.BadSenderNonce);
        await FailsAsync(right with { RecipientNonce = RandomNumberGenerator.GetBytes(16) }, PkiFailureInfo.BadRecipientNonce);
        await FailsAsync(right with { RecipientNonce = null }, PkiFailureInfo.BadRecipientNonce);
        PkiBody end = transaction.Read(await client.PostAsync(site.Url(CmpSite.Interop), credentials.Protect(right, confirmation), Cancel)).OrThrow();
        Assert.AreEqual(PkiBodyKind.PkiConfirmation, end.Kind);

        async Task FailsAsync(PkiHeader header, PkiFailureInfo failure)
        {
            byte[] answer = await client.PostAsync(site.Url(CmpSite.Interop), credentials.Protect(header, confirmation), Cancel);
            PkiMessage message = PkiMessage.Read(answer).OrThrow();
            Assert.IsNull(credentials.ObjectionToMac(message), "the error is protected");
            Assert.AreEqual(failure, StatusOf(message.Body).Failure);
        }
    }

    [TestMethod]
    [DataRow(CmpSite.Forgotten, DisplayName = "unknown to the CA")]
    [DataRow("nobody", DisplayName = "unknown to the proxy")]
    public async Task CMP_X_3_an_unknown_alias_is_404(string alias)
    {
        CmpSite site = await CmpSite.GetAsync();
        using KeyPair key = KeyPair.Generate("P-256");
        PkiMessage message = site.Begin(site.Knowing(device)).Next(Request(key));
        await AnswersAsync(site.Url(alias), message.Encoded.ToArray(), HttpStatusCode.NotFound);
    }

    [TestMethod]
    public async Task CMP_T_12_X_1_bodies_too_large_and_bodies_that_are_not_DER_get_a_bare_status()
    {
        CmpSite site = await CmpSite.GetAsync();
        await AnswersAsync(site.Url(CmpSite.Interop), new byte[100_001], HttpStatusCode.RequestEntityTooLarge);
        await AnswersAsync(site.Url(CmpSite.Interop), [], HttpStatusCode.BadRequest);
        await AnswersAsync(site.Url(CmpSite.Interop), "GET out of here"u8.ToArray(), HttpStatusCode.BadRequest);
    }

    [TestMethod]
    public async Task CMP_X_2_DER_that_is_no_PKIMessage_is_badDataFormat()
    {
        CmpSite site = await CmpSite.GetAsync();
        using var client = new CmpHttp();
        (HttpStatusCode status, byte[] answer) = await client.PostAsync(site.Url(CmpSite.Interop), new byte[] { 0x30, 0x03, 0x02, 0x01, 0x05 }, Cancel);
        Assert.AreEqual(HttpStatusCode.OK, status, "CMP-T-3");
        Assert.AreEqual(PkiFailureInfo.BadDataFormat, StatusOf(PkiMessage.Read(answer).OrThrow().Body).Failure);
    }

    private static PkiStatusInfo StatusOf(PkiBody body)
    {
        PkiStatusInfo status = body switch
        {
            PkiBody.Error error => error.Content.Status,
            PkiBody.CertificateResponses { Content.Responses: [var only] } => only.Status,
            _ => throw new AssertFailedException($"The answer is of kind {body.Kind}."),
        };
        Assert.AreEqual(PkiStatus.Rejection, status.Status);
        return status;
    }

    /// <summary>The answer is protected as the client expects it, says this, and nothing was issued.</summary>
    private async Task RefusesAsync(CmpSite site, CmpClientTransaction transaction, Func<CmpClientTransaction, PkiMessage> make, PkiFailureInfo failure, int certificates = 0)
    {
        using var client = new CmpHttp();
        byte[] answer = await client.PostAsync(site.Url(CmpSite.Interop), make(transaction), Cancel);
        Assert.AreEqual(failure, StatusOf(transaction.Read(answer).OrThrow()).Failure);
        string count = await TestDatabases.RunPostgreSqlAsync(Demo.Setting("caDatabase"), $"select count(*) from certificate where username = '{device}'", Cancel);
        Assert.AreEqual(certificates, int.Parse(count, System.Globalization.CultureInfo.InvariantCulture));
    }

    private async Task AnswersAsync(Uri url, byte[] octets, HttpStatusCode expected)
    {
        using var client = new CmpHttp();
        (HttpStatusCode status, byte[] answer) = await client.PostAsync(url, octets, Cancel);
        Assert.AreEqual(expected, status);
        Assert.IsEmpty(answer, "no echo");
    }
}
