using System.Security.Cryptography;
using Pki.Protocols.Cms;
using Pki.Protocols.Scep;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Bench;

/// <summary>Enrolment messages of RSA-2048 routers, each with a key and a name of its own.</summary>
internal static class ScepMessages
{
    public static async Task<IReadOnlyList<byte[]>> MakeAsync(Uri url, string challenge, string prefix, IReadOnlyList<RSAParameters> keys, CancellationToken cancel)
    {
        using var http = new HttpClient();
        byte[] answer = await http.GetByteArrayAsync(new Uri(url, "?operation=GetCACert&message=0"), cancel);
        Certificate ra = CertsOnly.Decode(answer).Succeeded(out CertificateBundle? bundle, out _)
            ? bundle.Certificates[0]
            : Protocols.Asn1.Der.Decode<Certificate>(answer).OrThrow();
        var messages = new byte[keys.Count][];
        Parallel.For(0, keys.Count, i => messages[i] = Make(ra, challenge, $"{prefix}-{i}", keys[i]));
        return messages;
    }

    /// <summary>Tells whether a reply carries a certificate: its pkiStatus is SUCCESS.</summary>
    public static bool IsSuccess(byte[] reply)
    {
        // messageType 3, then pkiStatus: SET { PrintableString "0" } behind the attribute's OID. Enough for a load generator.
        ReadOnlySpan<byte> status = [0x06, 0x0A, 0x60, 0x86, 0x48, 0x01, 0x86, 0xF8, 0x45, 0x01, 0x09, 0x03, 0x31, 0x03, 0x13, 0x01, (byte)'0'];
        return reply.AsSpan().IndexOf(status) >= 0;
    }

    private static byte[] Make(Certificate ra, string challenge, string name, RSAParameters parameters)
    {
        using KeyPair key = KeyPair.FromRsa(RSA.Create(parameters));
        DistinguishedName subject = DistinguishedName.Parse($"CN={name},O=Bench").OrThrow();
        using Secret secret = Secret.FromText(challenge);
        CertificationRequest request = CertificationRequest.Create(
            subject, key, HashAlgorithmName.SHA256, [RequestAttribute.ForChallenge(secret)]);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        ScepSender sender = ScepSender.SelfSigned(key, subject, now.AddHours(-1), now.AddDays(1), RandomNumberGenerator.Fill);
        return new ScepRequestBuilder(sender, ra, RandomNumberGenerator.Fill) { Digest = HashAlgorithmName.SHA256, Cipher = ContentCipher.Aes128Cbc }
            .PkcsReq(request, TransactionId.FromKey(key.Public)).Encoded;
    }
}
