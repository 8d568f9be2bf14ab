using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cmp;

/// <summary>How a client proves who it is: by a secret it shares with the CA, or by a certificate and its key (RFC 9810 §5.1.3).</summary>
public sealed class CmpCredentials : IDisposable
{
    private readonly Secret? secret;
    private readonly MacKey? mac;
    private readonly KeyStore? own;

    private CmpCredentials(DistinguishedName name, ReadOnlyMemory<byte>? keyId, (Secret Text, MacKey Key)? shared, KeyStore? own)
    {
        Name = name;
        KeyId = keyId;
        (secret, mac) = (shared?.Text, shared?.Key);
        this.own = own;
    }

    /// <summary>The sender of every message: of a secret its name as common name, as RFC 9483 §3.1 wants it; of a certificate its subject.</summary>
    public DistinguishedName Name { get; }

    /// <summary>senderKID: which secret, or the subject key identifier.</summary>
    public ReadOnlyMemory<byte>? KeyId { get; }

    /// <summary>A shared secret. The key is derived once, whatever is protected with it.</summary>
    /// <param name="keyId">The name under which the CA knows it.</param>
    /// <param name="secret">It; the caller's, and needed as long as answers are read.</param>
    /// <param name="algorithm">How messages are MACed.</param>
    public static CmpCredentials OfSecret(string keyId, Secret secret, MacAlgorithm algorithm) => new(
        DistinguishedName.FromRdns([new([new(Oids.CommonName, keyId, UniversalTagNumber.UTF8String)])]), Encoding.UTF8.GetBytes(keyId), (secret, algorithm.DeriveKey(secret)), null);

    /// <summary>A certificate with its key and the chain that goes along. The key store stays the caller's.</summary>
    public static CmpCredentials OfCertificate(KeyStore own) => new(own.Certificate.Subject, own.Certificate.SubjectKeyIdentifier, null, own);

    /// <summary>The message, protected.</summary>
    public PkiMessage Protect(PkiHeader header, PkiBody body) => mac is not null
        ? MessageProtection.Mac(header, body, mac)
        : MessageProtection.Sign(
            header, body, own!.Key, SignatureAlgorithm.For(own.Key.Public, HashAlgorithmName.SHA256), [CmpCertificate.Of(own.Certificate), .. own.Chain.Select(CmpCertificate.Of)]);

    /// <summary>Null when the message is MACed with the secret, under the parameters of ours or under others within the usual limits.</summary>
    public Refusal? ObjectionToMac(PkiMessage message)
    {
        if (secret is null || mac is null)
        {
            return MessageProtection.Wrong;
        }

        if (message.Header.ProtectionAlgorithm == mac.Algorithm)
        {
            return MessageProtection.ObjectionTo(message, mac);
        }

        if (!MessageProtection.VerifyMac(message, secret, CmpAlgorithmPolicy.Default).Succeeded(out MacKey? derived, out Refusal? refusal))
        {
            return refusal;
        }

        derived.Dispose();
        return null;
    }

    /// <inheritdoc />
    public void Dispose() => mac?.Dispose();
}
