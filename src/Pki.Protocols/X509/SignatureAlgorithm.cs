using System.Formats.Asn1;
using System.Security.Cryptography;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.X509;

/// <summary>
/// The algorithm of a signature (RFC 5280 §4.1.1.2, RFC 4055, RFC 5758). One that is not known decodes with the
/// scheme <see cref="SignatureScheme.Unknown"/>, so that a stranger's message can be logged and refused by name.
/// </summary>
public sealed record SignatureAlgorithm : IAsn1Value<SignatureAlgorithm>
{
    private static readonly (string Oid, SignatureScheme Scheme, HashAlgorithmName Hash)[] Known =
    [
        (Oids.Sha256WithRsa, SignatureScheme.RsaPkcs1, HashAlgorithmName.SHA256),
        (Oids.Sha384WithRsa, SignatureScheme.RsaPkcs1, HashAlgorithmName.SHA384),
        (Oids.Sha512WithRsa, SignatureScheme.RsaPkcs1, HashAlgorithmName.SHA512),
        (Oids.Sha1WithRsa, SignatureScheme.RsaPkcs1, HashAlgorithmName.SHA1),
        (Oids.Sha1WithRsaOiw, SignatureScheme.RsaPkcs1, HashAlgorithmName.SHA1),
        (Oids.Md5WithRsa, SignatureScheme.RsaPkcs1, HashAlgorithmName.MD5),
        (Oids.EcdsaWithSha256, SignatureScheme.Ecdsa, HashAlgorithmName.SHA256),
        (Oids.EcdsaWithSha384, SignatureScheme.Ecdsa, HashAlgorithmName.SHA384),
        (Oids.EcdsaWithSha512, SignatureScheme.Ecdsa, HashAlgorithmName.SHA512),
        (Oids.EcdsaWithSha1, SignatureScheme.Ecdsa, HashAlgorithmName.SHA1),
    ];

    private SignatureAlgorithm(AlgorithmIdentifier identifier, SignatureScheme scheme, HashAlgorithmName hash, int saltLength = 0)
    {
        Identifier = identifier;
        Scheme = scheme;
        Hash = hash;
        SaltLength = saltLength;
    }

    /// <summary>sha256WithRSAEncryption.</summary>
    public static SignatureAlgorithm Sha256WithRsa { get; } = RsaPkcs1(HashAlgorithmName.SHA256);

    /// <summary>sha384WithRSAEncryption.</summary>
    public static SignatureAlgorithm Sha384WithRsa { get; } = RsaPkcs1(HashAlgorithmName.SHA384);

    /// <summary>sha512WithRSAEncryption.</summary>
    public static SignatureAlgorithm Sha512WithRsa { get; } = RsaPkcs1(HashAlgorithmName.SHA512);

    /// <summary>ecdsa-with-SHA256.</summary>
    public static SignatureAlgorithm EcdsaWithSha256 { get; } = Ecdsa(HashAlgorithmName.SHA256);

    /// <summary>ecdsa-with-SHA384.</summary>
    public static SignatureAlgorithm EcdsaWithSha384 { get; } = Ecdsa(HashAlgorithmName.SHA384);

    /// <summary>ecdsa-with-SHA512.</summary>
    public static SignatureAlgorithm EcdsaWithSha512 { get; } = Ecdsa(HashAlgorithmName.SHA512);

    /// <summary>The identifier exactly as read or as written.</summary>
    public AlgorithmIdentifier Identifier { get; }

    /// <summary>The algorithm's OID.</summary>
    public string Oid => Identifier.Oid;

    /// <summary>The mathematics.</summary>
    public SignatureScheme Scheme { get; }

    /// <summary>The digest; empty for an unknown scheme.</summary>
    public HashAlgorithmName Hash { get; }

    /// <summary>RSASSA-PSS only: octets of salt (RFC 8017 §9.1).</summary>
    public int SaltLength { get; }

    /// <summary>False when this product cannot verify it.</summary>
    public bool IsKnown => Scheme != SignatureScheme.Unknown;

    /// <summary>What a key signs with when it may choose: PKCS #1 v1.5 for RSA, ECDSA for EC.</summary>
    public static SignatureAlgorithm For(SubjectPublicKey key, HashAlgorithmName hash) =>
        key.IsRsa ? RsaPkcs1(hash) : key.IsEc ? Ecdsa(hash) : throw new ArgumentException($"No signature is known for keys of {key.AlgorithmOid}.", nameof(key));

    /// <summary>RSASSA-PKCS1-v1_5 with a digest.</summary>
    public static SignatureAlgorithm RsaPkcs1(HashAlgorithmName hash) => Find(SignatureScheme.RsaPkcs1, hash);

    /// <summary>ECDSA with a digest. There is none with MD5.</summary>
    public static SignatureAlgorithm Ecdsa(HashAlgorithmName hash) => Find(SignatureScheme.Ecdsa, hash);

    /// <summary>RSASSA-PSS with MGF1 over the same digest and a salt as long as it (RFC 4055 §3.1).</summary>
    public static SignatureAlgorithm RsaPss(HashAlgorithmName hash)
    {
        int salt = HashAlgorithms.SizeInBytes(hash);
        return new(new(Oids.RsaPss, PssParameters.Encode(hash, salt)), SignatureScheme.RsaPss, hash, salt);
    }

    /// <inheritdoc />
    public static SignatureAlgorithm Decode(AsnReader reader) => From(AlgorithmIdentifier.Decode(reader));

    /// <summary>Understands an identifier that was read elsewhere.</summary>
    public static SignatureAlgorithm From(AlgorithmIdentifier identifier)
    {
        if (identifier.Oid == Oids.RsaPss)
        {
            // RFC 4055 §3.1: in a signature the parameters are always present. Other digests for MGF1 nobody uses.
            return identifier.Parameters is { } parameters && PssParameters.Decode(parameters) is { } pss
                ? new(identifier, SignatureScheme.RsaPss, pss.Hash, pss.SaltLength)
                : new(identifier, SignatureScheme.Unknown, default);
        }

        foreach ((string oid, SignatureScheme scheme, HashAlgorithmName hash) in Known)
        {
            if (oid == identifier.Oid)
            {
                // Absent and NULL both occur where RFC 4055 §5 and RFC 5758 §3.2 allow one; anything else is not this algorithm.
                return identifier.HasNoParameters ? new(identifier, scheme, hash) : new(identifier, SignatureScheme.Unknown, default);
            }
        }

        return new(identifier, SignatureScheme.Unknown, default);
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer) => Identifier.Encode(writer);

    /// <summary>Same identifier, octet by octet.</summary>
    public bool Equals(SignatureAlgorithm? other) => other is not null && Identifier == other.Identifier;

    /// <inheritdoc />
    public override int GetHashCode() => Identifier.GetHashCode();

    /// <inheritdoc />
    public override string ToString() => IsKnown ? $"{Scheme} with {Hash.Name}" : Oid;

    private static SignatureAlgorithm Find(SignatureScheme scheme, HashAlgorithmName hash)
    {
        foreach ((string oid, SignatureScheme knownScheme, HashAlgorithmName knownHash) in Known)
        {
            if (knownScheme == scheme && knownHash == hash)
            {
                // RFC 4055 §5: RSA carries NULL. RFC 5758 §3.2: ECDSA carries nothing.
                return new(scheme == SignatureScheme.RsaPkcs1 ? AlgorithmIdentifier.WithNull(oid) : new(oid), scheme, hash);
            }
        }

        throw new ArgumentException($"{scheme} with '{hash.Name}' is not known here.", nameof(hash));
    }
}
