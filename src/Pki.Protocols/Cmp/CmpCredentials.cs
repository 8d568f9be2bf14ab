using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cmp;

/// <summary>How a client proves who it is: by a secret it shares with the CA, or by a certificate and its key (RFC 9810 §5.1.3).</summary>
public sealed class CmpCredentials
{
    private readonly KeyStore? own;

    private CmpCredentials(DistinguishedName name, ReadOnlyMemory<byte>? keyId, MacKey? mac, KeyStore? own)
    {
        Name = name;
        KeyId = keyId;
        Mac = mac;
        this.own = own;
    }

    /// <summary>The sender of every message: of a secret its name as common name, as RFC 9483 §3.1 wants it; of a certificate its subject.</summary>
    public DistinguishedName Name { get; }

    /// <summary>senderKID: which secret, or the subject key identifier.</summary>
    public ReadOnlyMemory<byte>? KeyId { get; }

    /// <summary>The key derived from the secret; null for a certificate. The caller's, who wipes it.</summary>
    public MacKey? Mac { get; }

    /// <summary>A shared secret.</summary>
    /// <param name="keyId">The name under which the CA knows it.</param>
    /// <param name="key">The key derived from it.</param>
    public static CmpCredentials OfSecret(string keyId, MacKey key) =>
        new(DistinguishedName.FromRdns([new([new(Oids.CommonName, keyId, UniversalTagNumber.UTF8String)])]), Encoding.UTF8.GetBytes(keyId), key, null);

    /// <summary>A certificate with its key and the chain that goes along. The key store stays the caller's.</summary>
    public static CmpCredentials OfCertificate(KeyStore own) => new(own.Certificate.Subject, own.Certificate.SubjectKeyIdentifier, null, own);

    /// <summary>The message, protected.</summary>
    public PkiMessage Protect(PkiHeader header, PkiBody body) => Mac is not null
        ? MessageProtection.Mac(header, body, Mac)
        : MessageProtection.Sign(
            header, body, own!.Key, SignatureAlgorithm.For(own.Key.Public, HashAlgorithmName.SHA256), [CmpCertificate.Of(own.Certificate), .. own.Chain.Select(CmpCertificate.Of)]);
}
