using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cmp;

/// <summary>
/// The hash by which certConf names a certificate: the one of the certificate's signature, or the one hashAlg names, which
/// needs pvno 3 (RFC 9810 §5.3.18, CMP-O-23). EdDSA has its own: SHA-512 for Ed25519, SHAKE256 with 512 bits for
/// Ed448 (RFC 9481 §3.3).
/// </summary>
public static class CertHash
{
    private const int Shake256Length = 64;

    /// <summary>The hash of an issued certificate.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="hashAlgorithm">hashAlg of the CertStatus; null when absent.</param>
    /// <param name="version">pvno of the message.</param>
    /// <returns>Malformed for hashAlg without pvno 3, UnsupportedAlgorithm when it cannot be computed or is not determined.</returns>
    public static Outcome<byte[]> Compute(Certificate certificate, AlgorithmIdentifier? hashAlgorithm = null, int version = PkiHeader.Cmp2000)
    {
        ReadOnlySpan<byte> octets = certificate.Encoded.Span;
        if (hashAlgorithm is not null)
        {
            return version < PkiHeader.Cmp2021 ? new Refusal(RefusalCode.Malformed, "hashAlg needs pvno 3.")
                : hashAlgorithm.Oid == Oids.Shake256 && hashAlgorithm.HasNoParameters ? HashShake256(octets)
                : MacDigests.OfHash(hashAlgorithm) is { } named ? HashAlgorithms.Compute(named, octets)
                : NotKnown(hashAlgorithm.Oid);
        }

        SignatureAlgorithm signature = certificate.SignatureAlgorithm;
        return signature.IsKnown ? HashAlgorithms.Compute(signature.Hash, octets) : signature.Oid switch
        {
            Oids.Ed25519 => SHA512.HashData(octets),
            Oids.Ed448 => HashShake256(octets),
            _ => NotKnown(signature.Oid),
        };
    }

    /// <summary>Null when the CertStatus names this certificate, else why not.</summary>
    public static Refusal? ObjectionTo(CertStatus status, Certificate certificate, int version) =>
        !Compute(certificate, status.HashAlgorithm, version).Succeeded(out byte[]? hash, out Refusal? refusal) ? refusal
        : CryptographicOperations.FixedTimeEquals(hash, status.CertificateHash.Span) ? null
        : new(RefusalCode.NotBound, "certHash is not that of the certificate.");

    private static Outcome<byte[]> HashShake256(ReadOnlySpan<byte> octets) =>
        Shake256.IsSupported ? Shake256.HashData(octets, Shake256Length) : NotKnown(Oids.Shake256);

    private static Refusal NotKnown(string oid) => new(RefusalCode.UnsupportedAlgorithm, $"The hash for certHash does not follow from {oid}.");
}
