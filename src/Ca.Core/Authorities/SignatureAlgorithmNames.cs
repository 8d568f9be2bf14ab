using System.Security.Cryptography;
using Pki.Protocols.X509;

namespace Ca.Core.Authorities;

/// <summary>Names of signature algorithms as operators write them (CA_CORE §4.1). MD5 and SHA-1 are not among them.</summary>
internal static class SignatureAlgorithmNames
{
    private static readonly Dictionary<string, (SignatureScheme Scheme, HashAlgorithmName Hash)> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["SHA256WithRSA"] = (SignatureScheme.RsaPkcs1, HashAlgorithmName.SHA256),
        ["SHA384WithRSA"] = (SignatureScheme.RsaPkcs1, HashAlgorithmName.SHA384),
        ["SHA512WithRSA"] = (SignatureScheme.RsaPkcs1, HashAlgorithmName.SHA512),
        ["SHA256withRSAandMGF1"] = (SignatureScheme.RsaPss, HashAlgorithmName.SHA256),
        ["SHA384withRSAandMGF1"] = (SignatureScheme.RsaPss, HashAlgorithmName.SHA384),
        ["SHA512withRSAandMGF1"] = (SignatureScheme.RsaPss, HashAlgorithmName.SHA512),
        ["SHA256withECDSA"] = (SignatureScheme.Ecdsa, HashAlgorithmName.SHA256),
        ["SHA384withECDSA"] = (SignatureScheme.Ecdsa, HashAlgorithmName.SHA384),
        ["SHA512withECDSA"] = (SignatureScheme.Ecdsa, HashAlgorithmName.SHA512),
    };

    public static IEnumerable<string> All => Known.Keys;

    /// <summary>What a key signs with unless somebody says otherwise: the digest as strong as the curve.</summary>
    public static string DefaultFor(SubjectPublicKey key) => key.IsRsa ? "SHA256WithRSA" : key.KeySizeBits switch
    {
        > 400 => "SHA512withECDSA",
        > 300 => "SHA384withECDSA",
        _ => "SHA256withECDSA",
    };

    /// <summary>Null when the name is unknown or does not fit the key.</summary>
    public static SignatureAlgorithm? Find(string name, SubjectPublicKey key)
    {
        if (!Known.TryGetValue(name, out (SignatureScheme Scheme, HashAlgorithmName Hash) known))
        {
            return null;
        }

        return (known.Scheme, key.IsRsa, key.IsEc) switch
        {
            (SignatureScheme.RsaPkcs1, true, _) => SignatureAlgorithm.RsaPkcs1(known.Hash),
            (SignatureScheme.RsaPss, true, _) => SignatureAlgorithm.RsaPss(known.Hash),
            (SignatureScheme.Ecdsa, _, true) => SignatureAlgorithm.Ecdsa(known.Hash),
            _ => null,
        };
    }

    /// <summary>The same scheme with another digest, for profiles that fix one.</summary>
    public static SignatureAlgorithm WithDigest(SignatureAlgorithm algorithm, string digest)
    {
        var hash = new HashAlgorithmName(digest);
        return algorithm.Scheme switch
        {
            SignatureScheme.RsaPss => SignatureAlgorithm.RsaPss(hash),
            SignatureScheme.Ecdsa => SignatureAlgorithm.Ecdsa(hash),
            _ => SignatureAlgorithm.RsaPkcs1(hash),
        };
    }
}
