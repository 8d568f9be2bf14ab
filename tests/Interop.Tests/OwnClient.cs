using System.Security.Cryptography;
using Pki.Protocols.Cms;
using Pki.Protocols.Scep;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Interop.Tests;

/// <summary>Messages written by our own codec, for strangers to carry: certmonger's helper cannot make its own.</summary>
internal static class OwnClient
{
    private const string Label = "PKCS7";

    /// <summary>A first request, signed by a certificate made for it.</summary>
    public static SentRequest Request(KeyPair key, string subject, Certificate ra, TransactionId? transaction = null)
    {
        DistinguishedName name = DistinguishedName.Parse(subject).OrThrow();
        using Secret challenge = Secret.FromText(Demo.Challenge);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        ScepSender sender = ScepSender.SelfSigned(key, name, now.AddHours(-1), now.AddDays(1), RandomNumberGenerator.Fill);
        CertificationRequest request = CertificationRequest.Create(name, key, HashAlgorithmName.SHA256, [RequestAttribute.ForChallenge(challenge)]);
        return Builder(sender, ra).PkcsReq(request, transaction ?? TransactionId.FromKey(key.Public));
    }

    /// <summary>A request for a new key, signed by the certificate it replaces (certmonger's rekey: PKCSReq, no password).</summary>
    public static SentRequest Renewal(KeyPair newKey, ScepSender old, Certificate ra)
    {
        CertificationRequest request = CertificationRequest.Create(old.Certificate.Subject, newKey, HashAlgorithmName.SHA256);
        return Builder(old, ra).PkcsReq(request, TransactionId.FromKey(newKey.Public));
    }

    /// <summary>A message as certmonger's helper takes it.</summary>
    public static Task WriteAsync(SentRequest message, string file, CancellationToken cancel) =>
        File.WriteAllTextAsync(file, PemEncoding.WriteString(Label, message.Encoded) + "\n", cancel);

    /// <summary>The certificate in what certmonger's helper prints: the reply's envelope, still closed.</summary>
    public static Certificate Open(string printed, ScepSender sender)
    {
        PemFields pem = PemEncoding.Find(printed);
        Assert.AreEqual(Label, printed[pem.Label]);
        EnvelopedData envelope = EnvelopedData.Decode(Convert.FromBase64String(printed[pem.Base64Data])).OrThrow();
        byte[] contents = envelope.Decrypt(sender.Key, sender.Certificate).OrThrow();
        return CertsOnly.Decode(contents).OrThrow().Certificates[0];
    }

    private static ScepRequestBuilder Builder(ScepSender sender, Certificate ra) =>
        new(sender, ra, RandomNumberGenerator.Fill) { Cipher = ContentCipher.Aes256Cbc };
}
