using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cms;
using Pki.Protocols.X509;

namespace Pki.Protocols.Scep;

/// <summary>Writes the replies to one request (SCEP.md 15, RFC 8894 §3.3.2).</summary>
/// <param name="TransactionId">The request's.</param>
/// <param name="RecipientNonce">The request's senderNonce; null when it had none that could be read.</param>
/// <param name="Ra">Who signs: the RA the request was encrypted to (SCEP.md L-06).</param>
/// <param name="Digest">The digest of the signature.</param>
/// <param name="Random">Where the fresh senderNonce, keys and IVs come from.</param>
public sealed record CertRepBuilder(TransactionId TransactionId, ReadOnlyMemory<byte>? RecipientNonce, ScepRaIdentity Ra, HashAlgorithmName Digest, RandomBytes Random)
{
    private const int NonceLength = 16;
    private const int MaxFailInfoTextLength = 255;

    /// <summary>The time to state; null: none (SCEP.md B-01).</summary>
    public DateTimeOffset? SigningTime { get; init; }

    /// <summary>Certificates to send outside beside the RA's (SCEP.md B-05).</summary>
    public IReadOnlyList<Certificate> ExtraCertificates { get; init; } = [];

    /// <summary>How the key of a SUCCESS reaches the client. Others than PKCS #1 not all clients read (SCEP.md B-11).</summary>
    public KeyTransport KeyTransport { get; init; } = KeyTransport.Pkcs1;

    /// <summary>Replies to a message that was read, be it right or wrong (SCEP.md B-10, B-15, B-18).</summary>
    public static CertRepBuilder For(ScepEnvelope envelope, ScepRaIdentity ra, ScepAlgorithmPolicy policy, RandomBytes random) =>
        new(envelope.TransactionId, envelope.SenderNonce, ra, policy.ReplyDigest(envelope.Digest), random);

    /// <summary>SUCCESS with certificates.</summary>
    /// <param name="requester">The certificate that signed the request: to its key, under its issuer and serial number (SCEP.md B-08).</param>
    /// <param name="cipher">The request's, or what <see cref="ScepAlgorithmPolicy.ReplyCipher"/> makes of it.</param>
    /// <param name="inOrder">The issued certificate first (SCEP.md B-12).</param>
    /// <exception cref="CryptographicException">Nothing can be encrypted to the requester's key.</exception>
    public byte[] Success(Certificate requester, ContentCipher cipher, IReadOnlyList<Certificate> inOrder) => inOrder.Count == 0
        ? throw new ArgumentException("A SUCCESS without a certificate is never sent (SCEP.md T-16).", nameof(inOrder))
        : Success(requester, cipher, CertsOnly.Encode(inOrder));

    /// <summary>SUCCESS with a CRL and no certificates (SCEP.md Q-03, B-13).</summary>
    /// <param name="requester">As for certificates.</param>
    /// <param name="cipher">As for certificates.</param>
    /// <param name="crl">The CRL.</param>
    /// <exception cref="CryptographicException">Nothing can be encrypted to the requester's key.</exception>
    public byte[] Success(Certificate requester, ContentCipher cipher, CertificateList crl) => Success(requester, cipher, CertsOnly.Encode([], [crl]));

    /// <summary>PENDING: no envelope, empty content (SCEP.md B-07).</summary>
    public byte[] Pending() => Build(ReadOnlyMemory<byte>.Empty, PkiStatus.Pending, []);

    /// <summary>FAILURE: no envelope, empty content (SCEP.md B-07).</summary>
    /// <param name="reason">The code.</param>
    /// <param name="text">A fixed text for the operator of the client; cut at 255 characters.</param>
    public byte[] Failure(FailInfo reason, string? text = null)
    {
        List<CmsAttribute> attributes = [ScepAttributes.Text(Oids.ScepFailInfo, (int)reason)];
        if (!string.IsNullOrEmpty(text))
        {
            attributes.Add(ScepAttributes.Utf8(Oids.ScepFailInfoText, text.Length > MaxFailInfoTextLength ? text[..MaxFailInfoTextLength] : text));
        }

        return Build(ReadOnlyMemory<byte>.Empty, PkiStatus.Failure, attributes);
    }

    private byte[] Success(Certificate requester, ContentCipher cipher, byte[] certsOnly) =>
        Build(EnvelopedData.Encrypt(certsOnly, requester, cipher, KeyTransport, Random), PkiStatus.Success, []);

    private byte[] Build(ReadOnlyMemory<byte> content, PkiStatus status, IEnumerable<CmsAttribute> more)
    {
        byte[] nonce = new byte[NonceLength];
        Random(nonce);
        List<CmsAttribute> attributes =
        [
            ScepAttributes.Text(Oids.ScepMessageType, (int)MessageType.CertRep),
            ScepAttributes.Text(Oids.ScepPkiStatus, (int)status),
            ScepAttributes.Id(TransactionId),
            ScepAttributes.Nonce(Oids.ScepSenderNonce, nonce),
            .. more,
        ];
        if (RecipientNonce is { } received)
        {
            attributes.Add(ScepAttributes.Nonce(Oids.ScepRecipientNonce, received));
        }

        return SignedData.Sign(content, new CmsSigner(Ra.SigningKey, Ra.SigningCertificate, Digest)
        {
            SignedAttributes = attributes,
            SigningTime = SigningTime,
            ExtraCertificates = ExtraCertificates,
        });
    }
}
