using System.Numerics;
using System.Security.Cryptography;
using Pki.Protocols.Cms;
using Pki.Protocols.Crmf;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cmp;

/// <summary>
/// A client's side of one transaction: makes its messages, and believes an answer only when protection, transactionID and
/// recipNonce are right (RFC 9810 §5.1.1, §5.1.3). Carrying them is the caller's affair.
/// </summary>
public sealed class CmpClientTransaction
{
    private const int NonceLength = 16;
    private static readonly BigInteger RequestId = BigInteger.Zero; // RFC 9483 §4.1.1

    private readonly CmpCredentials credentials;
    private readonly Certificate server;
    private readonly TimeProvider clock;
    private readonly RandomBytes random;
    private ReadOnlyMemory<byte> sentNonce;
    private ReadOnlyMemory<byte>? receivedNonce;

    /// <summary>Begins one.</summary>
    /// <param name="credentials">Who asks.</param>
    /// <param name="server">Who answers: the certificate that verifies signed answers, and the recipient of every message.</param>
    /// <param name="clock">Now.</param>
    /// <param name="random">Fills the transactionID and nonces.</param>
    public CmpClientTransaction(CmpCredentials credentials, Certificate server, TimeProvider clock, RandomBytes random)
    {
        this.credentials = credentials;
        this.server = server;
        this.clock = clock;
        this.random = random;
        Id = Fresh();
    }

    /// <summary>transactionID; 16 octets.</summary>
    public ReadOnlyMemory<byte> Id { get; }

    /// <summary>The header of the next message, with a nonce of its own.</summary>
    public PkiHeader NextHeader()
    {
        sentNonce = Fresh();
        return new()
        {
            Sender = GeneralName.Directory(credentials.Name),
            Recipient = GeneralName.Directory(server.Subject),
            MessageTime = clock.GetUtcNow(),
            SenderKeyId = credentials.KeyId,
            TransactionId = Id,
            SenderNonce = sentNonce,
            RecipientNonce = receivedNonce,
        };
    }

    /// <summary>The next message.</summary>
    public PkiMessage Next(PkiBody body) => credentials.Protect(NextHeader(), body);

    /// <summary>The body of ir, cr or kur for one certificate, its key proven (RFC 4211 §4.1).</summary>
    /// <param name="kind">Which of them.</param>
    /// <param name="key">The key to certify.</param>
    /// <param name="template">What else is asked for; the key is put in.</param>
    /// <param name="controls">For example oldCertID.</param>
    public static PkiBody.CertificateRequests RequestFor(PkiBodyKind kind, KeyPair key, CertTemplate template, IReadOnlyList<AttributeTypeAndValue>? controls = null)
    {
        CertRequest request = CertRequest.Create(RequestId, template with { PublicKey = key.Public }, controls);
        SignatureAlgorithm algorithm = SignatureAlgorithm.For(key.Public, HashAlgorithmName.SHA256);
        byte[] proof = key.Sign(request.Encoded.Span, algorithm);
        return new(kind, [new(request, new ProofOfPossession.Signature(new(null, algorithm, proof)), [])]);
    }

    /// <summary>The body of certConf: the certificate is accepted (RFC 9810 §5.3.18).</summary>
    public static Outcome<PkiBody> ConfirmationOf(Certificate issued) => CertHash.Compute(issued).Succeeded(out byte[]? hash, out Refusal? refusal)
        ? new PkiBody.CertificateConfirmation([new(hash, RequestId, PkiStatusInfo.Accepted)])
        : refusal;

    /// <summary>Reads the answer to the last message.</summary>
    /// <returns>Malformed; NotBound for an answer to something else; BadSignature for one that is not the server's.</returns>
    public Outcome<PkiBody> Read(ReadOnlyMemory<byte> answer)
    {
        if (!PkiMessage.Read(answer).Succeeded(out PkiMessage? message, out Refusal? refusal))
        {
            return refusal;
        }

        if (message.Header.TransactionId is not { } id || !id.Span.SequenceEqual(Id.Span)
            || message.Header.RecipientNonce is not { } nonce || !nonce.Span.SequenceEqual(sentNonce.Span))
        {
            return new Refusal(RefusalCode.NotBound, "The answer is to another message.");
        }

        if (ObjectionTo(message) is { } objection)
        {
            return objection;
        }

        receivedNonce = message.Header.SenderNonce;
        return message.Body;
    }

    /// <summary>The certificate in ip, cp or kup, or in the words of the CA why there is none.</summary>
    public static Outcome<Certificate> IssuedIn(PkiBody body) => body switch
    {
        PkiBody.CertificateResponses { Content.Responses: [{ KeyPair.Certificate: CertOrEncCert.Clear clear }] } => clear.Certificate.Read(),
        PkiBody.CertificateResponses { Content.Responses: [var response, ..] } => Refused(response.Status),
        PkiBody.Error error => Refused(error.Content.Status),
        _ => new Refusal(RefusalCode.Malformed, $"The answer is of kind {body.Kind}."),
    };

    private static Refusal Refused(PkiStatusInfo status) =>
        new(RefusalCode.PolicyViolation, $"The CA answered {status.Status} {status.Failure} {status.Text}");

    private Refusal? ObjectionTo(PkiMessage message) => MessageProtection.Claim(message).Succeeded(out MessageProtectionClaim? claim, out Refusal? refusal)
        ? claim.Kind switch
        {
            ProtectionKind.Mac => credentials.ObjectionToMac(message),
            ProtectionKind.Signature => MessageProtection.ObjectionTo(message, server.PublicKey, CmpAlgorithmPolicy.Default),
            _ => MessageProtection.Wrong,
        }
        : refusal;

    private byte[] Fresh()
    {
        byte[] octets = new byte[NonceLength];
        random(octets);
        return octets;
    }
}
