using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cms;
using Pki.Protocols.Scep;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Cli.Scep;

/// <summary>A SCEP client for checks: what a router does, with every step to look at (RFC 8894 §4).</summary>
/// <param name="url">The server, without a query.</param>
/// <param name="clock">Now.</param>
internal sealed class ScepClient(Uri url, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan SignerLifetime = TimeSpan.FromDays(7);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly HttpClient http = new() { Timeout = Timeout };

    /// <summary>GetCACaps, as the server says it.</summary>
    public async Task<string> CapabilitiesAsync(CancellationToken cancel) => await http.GetStringAsync(Query("GetCACaps"), cancel);

    /// <summary>GetCACert: the RA's certificate first where there is one, then the CA's chain.</summary>
    public async Task<IReadOnlyList<Certificate>> CaCertificatesAsync(CancellationToken cancel)
    {
        byte[] answer = await http.GetByteArrayAsync(Query("GetCACert"), cancel);
        return CertsOnly.Decode(answer).Succeeded(out CertificateBundle? bundle, out _)
            ? bundle.Certificates
            : [Der.Decode<Certificate>(answer).OrFail("The server's answer to GetCACert is neither a certificate nor a list of them.")];
    }

    /// <summary>The PKCS#10 request inside.</summary>
    public static CertificationRequest Requested(KeyPair key, DistinguishedName subject, GeneralNames? names, Secret? challenge)
    {
        List<RequestAttribute> attributes = challenge is null ? [] : [RequestAttribute.ForChallenge(challenge)];
        if (names is not null)
        {
            attributes.Add(RequestAttribute.ForExtensions(CertificateExtensions.SubjectAltName(names)));
        }

        return CertificationRequest.Create(subject, key, HashAlgorithmName.SHA256, attributes);
    }

    /// <summary>Builds a PKCSReq; for a renewal, signed by the old key, a RenewalReq.</summary>
    public SentRequest Request(CertificationRequest request, KeyPair key, ScepSender? old, Certificate ra)
    {
        TransactionId transaction = TransactionId.FromKey(key.Public);
        if (old is not null)
        {
            return Builder(old, ra).RenewalReq(request, transaction);
        }

        DateTimeOffset now = clock.GetUtcNow();
        ScepSender sender = ScepSender.SelfSigned(key, request.Subject, now.AddHours(-1), now + SignerLifetime, RandomNumberGenerator.Fill);
        return Builder(sender, ra).PkcsReq(request, transaction);
    }

    /// <summary>Builds the poll of a request that was answered PENDING.</summary>
    public static SentRequest Poll(SentRequest pending, DistinguishedName issuer, DistinguishedName subject, Certificate ra) =>
        Builder(pending.Sender, ra).CertPoll(new IssuerAndSubject(issuer, subject), pending.TransactionId);

    /// <summary>Sends a message and reads the answer.</summary>
    public async Task<CertRep> SendAsync(SentRequest message, IReadOnlyList<Certificate> raCertificates, CancellationToken cancel)
    {
        using var content = new ByteArrayContent(message.Encoded);
        content.Headers.ContentType = new("application/x-pki-message");
        using HttpResponseMessage response = await http.PostAsync(Query("PKIOperation"), content, cancel);
        if (!response.IsSuccessStatusCode)
        {
            throw new CliException($"The server answered {(int)response.StatusCode} {response.ReasonPhrase}.", "Its log says why.");
        }

        byte[] answer = await response.Content.ReadAsByteArrayAsync(cancel);
        return CertRep.Read(answer, message, raCertificates, ScepAlgorithmPolicy.Default).OrFail("The answer is not one to this request.");
    }

    public void Dispose() => http.Dispose();

    private static ScepRequestBuilder Builder(ScepSender sender, Certificate ra) =>
        new(sender, ra, RandomNumberGenerator.Fill) { Digest = HashAlgorithmName.SHA256, Cipher = ContentCipher.Aes256Cbc };

    private Uri Query(string operation) => new($"{url.GetLeftPart(UriPartial.Path)}?operation={operation}");
}
