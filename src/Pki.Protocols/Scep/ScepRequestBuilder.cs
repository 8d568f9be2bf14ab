using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cms;
using Pki.Protocols.X509;

namespace Pki.Protocols.Scep;

/// <summary>Writes a client's requests (RFC 8894 §3.3).</summary>
/// <param name="Sender">Who asks.</param>
/// <param name="RaCertificate">What to encrypt to.</param>
/// <param name="Random">Where nonces, keys and IVs come from.</param>
public sealed record ScepRequestBuilder(ScepSender Sender, Certificate RaCertificate, RandomBytes Random)
{
    private const int NonceLength = 16;

    /// <summary>The digest of the signature.</summary>
    public HashAlgorithmName Digest { get; init; } = HashAlgorithmName.SHA256;

    /// <summary>The content cipher.</summary>
    public ContentCipher Cipher { get; init; } = ContentCipher.Aes128Cbc;

    /// <summary>How the content key reaches the RA.</summary>
    public KeyTransport KeyTransport { get; init; } = KeyTransport.Pkcs1;

    /// <summary>The time to state; null: none.</summary>
    public DateTimeOffset? SigningTime { get; init; }

    /// <summary>Asks for a certificate.</summary>
    public SentRequest PkcsReq(CertificationRequest request, TransactionId id) => Build(MessageType.PkcsReq, request.Encoded, id);

    /// <summary>Asks for a certificate in place of the sender's.</summary>
    public SentRequest RenewalReq(CertificationRequest request, TransactionId id) => Build(MessageType.RenewalReq, request.Encoded, id);

    /// <summary>Asks whether an earlier request is decided.</summary>
    public SentRequest CertPoll(IssuerAndSubject names, TransactionId id) => Build(MessageType.CertPoll, Der.Encode(names), id);

    /// <summary>Asks for a certificate issued earlier.</summary>
    public SentRequest GetCert(IssuerAndSerialNumber wanted, TransactionId id) => Build(MessageType.GetCert, Der.Encode(wanted), id);

    /// <summary>Asks for a CRL.</summary>
    public SentRequest GetCrl(IssuerAndSerialNumber about, TransactionId id) => Build(MessageType.GetCrl, Der.Encode(about), id);

    /// <summary>Encrypts a body and signs it under a message type.</summary>
    public SentRequest Build(MessageType type, ReadOnlyMemory<byte> body, TransactionId id)
    {
        byte[] nonce = new byte[NonceLength];
        Random(nonce);
        byte[] enveloped = EnvelopedData.Encrypt(body, RaCertificate, Cipher, KeyTransport, Random);
        byte[] encoded = SignedData.Sign(enveloped, new CmsSigner(Sender.Key, Sender.Certificate, Digest)
        {
            SigningTime = SigningTime,
            SignedAttributes =
            [
                ScepAttributes.Text(Oids.ScepMessageType, (int)type),
                ScepAttributes.Id(id),
                ScepAttributes.Nonce(Oids.ScepSenderNonce, nonce),
            ],
        });
        return new(encoded, id, nonce, Sender);
    }
}
