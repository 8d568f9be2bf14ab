using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cmp;

/// <summary>The digests that MACs are built of (CMP-S-1). SHA-224 and SHA3-224 the platform does not compute.</summary>
internal static class MacDigests
{
    /// <summary>The digest of an OID; null for one that is not computed here.</summary>
    public static HashAlgorithmName? OfHash(AlgorithmIdentifier algorithm) => !algorithm.HasNoParameters ? null : algorithm.Oid switch
    {
        Oids.Sha1 => HashAlgorithmName.SHA1,
        Oids.Sha256 => HashAlgorithmName.SHA256,
        Oids.Sha384 => HashAlgorithmName.SHA384,
        Oids.Sha512 => HashAlgorithmName.SHA512,
        Oids.Sha3With256 => IfSupported(SHA3_256.IsSupported, HashAlgorithmName.SHA3_256),
        Oids.Sha3With384 => IfSupported(SHA3_384.IsSupported, HashAlgorithmName.SHA3_384),
        Oids.Sha3With512 => IfSupported(SHA3_512.IsSupported, HashAlgorithmName.SHA3_512),
        _ => null,
    };

    /// <summary>The digest of an HMAC; null for a MAC that is not computed here. Parameters absent or NULL (CMP-S-1).</summary>
    public static HashAlgorithmName? OfHmac(AlgorithmIdentifier algorithm) => !algorithm.HasNoParameters ? null : algorithm.Oid switch
    {
        Oids.HmacSha1Ietf or Oids.HmacWithSha1 => HashAlgorithmName.SHA1,
        Oids.HmacWithSha256 => HashAlgorithmName.SHA256,
        Oids.HmacWithSha384 => HashAlgorithmName.SHA384,
        Oids.HmacWithSha512 => HashAlgorithmName.SHA512,
        Oids.HmacWithSha3With256 => IfSupported(SHA3_256.IsSupported, HashAlgorithmName.SHA3_256),
        Oids.HmacWithSha3With384 => IfSupported(SHA3_384.IsSupported, HashAlgorithmName.SHA3_384),
        Oids.HmacWithSha3With512 => IfSupported(SHA3_512.IsSupported, HashAlgorithmName.SHA3_512),
        _ => null,
    };

    private static HashAlgorithmName? IfSupported(bool supported, HashAlgorithmName hash) => supported ? hash : null;
}
