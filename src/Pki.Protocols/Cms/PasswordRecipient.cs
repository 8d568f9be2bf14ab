using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cms;

/// <summary>The content key for whoever knows a secret: PBKDF2 with HMAC-SHA-256 and AES-256 wrap (RFC 5652 §6.2.4, RFC 9481 §4.4).</summary>
internal static class PasswordRecipient
{
    private const int SaltBytes = 16;
    private const int KeyBytes = 32;
    private const int EnvelopedVersion = 3; // RFC 5652 §6.1: with a pwri
    private static readonly Asn1Tag Derivation = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag PasswordTag = new(TagClass.ContextSpecific, 3);

    public static Addressee To(Secret secret, int iterations, RandomBytes random) => new(EnvelopedVersion, (writer, key) => Write(writer, key, secret, iterations, random));

    private static void Write(AsnWriter writer, byte[] contentKey, Secret secret, int iterations, RandomBytes random)
    {
        byte[] salt = new byte[SaltBytes];
        random(salt);
        byte[] wrapping = secret.Lend(octets => Rfc2898DeriveBytes.Pbkdf2(octets, salt, iterations, HashAlgorithmName.SHA256, KeyBytes));
        byte[] wrapped = AesKeyWrap.Wrap(wrapping, contentKey);
        CryptographicOperations.ZeroMemory(wrapping);
        byte[] parameters = Der.Encode(new Pbkdf2Params(salt, iterations, new BigInteger(KeyBytes), AlgorithmIdentifier.WithNull(Oids.HmacWithSha256)));
        using (writer.PushSequence(PasswordTag))
        {
            writer.WriteInteger(0);
            using (writer.PushSequence(Derivation))
            {
                writer.WriteObjectIdentifier(Oids.Pbkdf2);
                writer.WriteEncodedValue(parameters);
            }

            new AlgorithmIdentifier(Oids.Aes256Wrap).Encode(writer);
            writer.WriteOctetString(wrapped);
        }
    }
}
