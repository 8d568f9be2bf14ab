using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cms;
using Pki.Protocols.Scep;
using Pki.Protocols.Tests.Cms;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.Scep;

/// <summary>A client and an RA, made once, and messages between them, honest ones and others.</summary>
internal static class ScepParties
{
    public static readonly DateTimeOffset Now = new(2026, 6, 7, 8, 9, 10, TimeSpan.Zero);
    public static readonly TransactionId Id = TransactionId.FromText("transaction-1");

    private static readonly Lazy<ScepSender> LazyClient = new(() => ScepSender.SelfSigned(CmsParty.Rsa.Key, Name("CN=client,O=Tests"), Now, Now.AddDays(1), RandomNumberGenerator.Fill));
    private static readonly Lazy<CertificationRequest> LazyRequest = new(() => CertificationRequest.Create(Name("CN=client,O=Tests"), CmsParty.Rsa.Key, HashAlgorithmName.SHA256));

    public static ScepSender Client => LazyClient.Value;

    public static CertificationRequest Request => LazyRequest.Value;

    public static ScepRaIdentity Ra => new(CmsParty.Other.Key, CmsParty.Other.Certificate);

    public static ScepRequestBuilder Builder => new(Client, Ra.EncryptionCertificate, RandomNumberGenerator.Fill) { SigningTime = Now };

    public static DistinguishedName Name(string text) => DistinguishedName.Parse(text).OrThrow();

    /// <summary>The usual attributes of a PKCSReq.</summary>
    public static List<CmsAttribute> Attributes() =>
    [
        ScepAttributes.Text(Oids.ScepMessageType, 19),
        ScepAttributes.Id(Id),
        ScepAttributes.Nonce(Oids.ScepSenderNonce, new byte[16]),
    ];

    /// <summary>A PKCSReq as honest as its attributes and content.</summary>
    public static byte[] Message(IReadOnlyList<CmsAttribute>? attributes = null, byte[]? content = null) => SignedData.Sign(
        content ?? Envelope(Request.Encoded),
        new CmsSigner(Client.Key, Client.Certificate, HashAlgorithmName.SHA256) { SignedAttributes = attributes ?? Attributes() });

    public static byte[] Envelope(ReadOnlyMemory<byte> body, ContentCipher cipher = ContentCipher.Aes128Cbc) =>
        EnvelopedData.Encrypt(body, Ra.EncryptionCertificate, cipher, KeyTransport.Pkcs1, RandomNumberGenerator.Fill);

    public static Outcome<ScepRequest> Open(byte[] message, ScepAlgorithmPolicy? policy = null) =>
        ScepEnvelope.Read(message).Succeeded(out ScepEnvelope? envelope, out Refusal? refusal) ? envelope.Open([Ra], policy ?? ScepAlgorithmPolicy.Default) : refusal;

    public static void AssertRefused<T>(RefusalCode code, Outcome<T> outcome)
        where T : class
    {
        Assert.IsFalse(outcome.Succeeded(out _, out Refusal? refusal), "It was accepted.");
        Assert.AreEqual(code, refusal.Code, refusal.Detail);
    }
}
