using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cms;
using Pki.Protocols.Trust;

namespace Pki.Protocols.X509;

/// <summary>
/// SubjectPublicKeyInfo (RFC 5280 §4.1.2.7, RFC 3279 §2.3.1, RFC 5480 §2), read by hand: looking at a stranger's
/// key must not cost an import into OpenSSL. Keys of other algorithms are readable and good for nothing.
/// </summary>
public sealed class SubjectPublicKey : IAsn1Value<SubjectPublicKey>
{
    private readonly ReadOnlyMemory<byte> keyBits;
    private readonly bool hasNullParameters;

    private SubjectPublicKey(ReadOnlyMemory<byte> encoded, AlgorithmIdentifier algorithm, ReadOnlyMemory<byte> keyBits)
    {
        Encoded = encoded;
        AlgorithmOid = algorithm.Oid;
        this.keyBits = keyBits;
        hasNullParameters = algorithm.IsNull;
        if (IsRsa)
        {
            (RsaModulus, RsaExponent) = ReadRsaKey(keyBits);
            KeySizeBits = RsaModulus.IsEmpty ? 0 : (RsaModulus.Length * 8) - byte.LeadingZeroCount(RsaModulus.Span[0]);
        }
        else if (IsEc)
        {
            CurveOid = EcPoint.ReadNamedCurve(algorithm);
            KeySizeBits = EcPoint.FieldSizeInBits(CurveOid);
        }
    }

    /// <summary>The whole structure, in DER.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>The key's algorithm.</summary>
    public string AlgorithmOid { get; }

    /// <summary>Bits of the RSA modulus or of the curve's field; 0 when the algorithm or curve is not known.</summary>
    public int KeySizeBits { get; }

    /// <summary>The named curve (RFC 5480 §2.1.1.1); null for other keys and for curves given by their parameters.</summary>
    public string? CurveOid { get; }

    /// <summary>An rsaEncryption key.</summary>
    public bool IsRsa => AlgorithmOid == Oids.RsaEncryption;

    /// <summary>An id-ecPublicKey key.</summary>
    public bool IsEc => AlgorithmOid == Oids.EcPublicKey;

    /// <summary>RSA: the modulus, big-endian without leading zeros.</summary>
    public ReadOnlyMemory<byte> RsaModulus { get; }

    /// <summary>RSA: the public exponent, big-endian without leading zeros.</summary>
    public ReadOnlyMemory<byte> RsaExponent { get; }

    /// <summary>The contents of the BIT STRING: RSAPublicKey, or the EC point.</summary>
    public ReadOnlyMemory<byte> KeyBits => keyBits;

    /// <summary>A name for people: RSA 2048, P-256, or the OID.</summary>
    public string Description => IsRsa ? $"RSA {KeySizeBits}" : IsEc ? EcPoint.NameOf(CurveOid) : AlgorithmOid;

    /// <summary>The public key of an RSA key pair.</summary>
    public static SubjectPublicKey FromRsa(RSA rsa)
    {
        RSAParameters key = rsa.ExportParameters(includePrivateParameters: false);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteIntegerUnsigned(key.Modulus);
            writer.WriteIntegerUnsigned(key.Exponent);
        }

        return Create(AlgorithmIdentifier.WithNull(Oids.RsaEncryption), writer.Encode());
    }

    /// <summary>The public key of an EC key pair on a named curve.</summary>
    public static SubjectPublicKey FromEc(ECAlgorithm ec)
    {
        ECParameters key = ec.ExportParameters(includePrivateParameters: false);
        var curve = new AsnWriter(AsnEncodingRules.DER);
        curve.WriteObjectIdentifier(EcPoint.OidOf(key.Curve));
        return Create(new(Oids.EcPublicKey, curve.Encode()), [0x04, .. key.Q.X!, .. key.Q.Y!]);
    }

    /// <inheritdoc />
    public static SubjectPublicKey Decode(AsnReader reader)
    {
        ReadOnlyMemory<byte> encoded = reader.ReadValueAsDer();
        AsnReader fields = reader.Over(encoded).ReadSequence();
        AlgorithmIdentifier algorithm = AlgorithmIdentifier.Decode(fields);
        ReadOnlyMemory<byte> bits = fields.ReadWholeBitString();
        fields.ThrowIfNotEmpty();
        return new(encoded, algorithm, bits);
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer) => writer.WriteEncodedValue(Encoded.Span);

    /// <summary>SHA-256 of the structure, RSA parameters counted as NULL however they are written.</summary>
    public byte[] Sha256() => SHA256.HashData(Normalised().Span);

    /// <summary>SHA-1 of the BIT STRING's contents (RFC 5280 §4.2.1.2 method 1).</summary>
    public byte[] KeyIdentifier() => SHA1.HashData(keyBits.Span);

    /// <summary>Same key; RSA parameters may be absent in one and NULL in the other (SCEP.md R-03).</summary>
    public bool SameKeyAs([NotNullWhen(true)] SubjectPublicKey? other) =>
        other is not null && Normalised().Span.SequenceEqual(other.Normalised().Span);

    /// <summary>
    /// Verifies a signature. False for every reason not to believe it: wrong, made by another kind of key, with an
    /// unknown algorithm, or with a key beyond the limits of <see cref="RsaPublicOperation"/> or off its curve.
    /// </summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, SignatureAlgorithm algorithm) =>
        algorithm.IsKnown && VerifyDigest(HashAlgorithms.Compute(algorithm.Hash, data), signature, algorithm);

    /// <summary>The same for data whose digest is there already.</summary>
    public bool VerifyDigest(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature, SignatureAlgorithm algorithm) => algorithm.Scheme switch
    {
        SignatureScheme.RsaPkcs1 => IsRsa && Rsa.VerifyPkcs1(digest, algorithm.Hash, signature),
        SignatureScheme.RsaPss => IsRsa && Rsa.VerifyPss(digest, algorithm.Hash, algorithm.SaltLength, signature),
        SignatureScheme.Ecdsa => IsEc && Imported is { } key && key.Verify(digest, signature),
        _ => false,
    };

    /// <summary>RSAES-PKCS1-v1_5 (RFC 8017 §7.2.1) to this key.</summary>
    public Outcome<byte[]> EncryptPkcs1(ReadOnlySpan<byte> data, RandomBytes random)
    {
        if (!IsRsa)
        {
            return new Refusal(RefusalCode.UnsupportedAlgorithm, $"Nothing can be encrypted to a key of {AlgorithmOid}.");
        }

        return Rsa.EncryptPkcs1(data, random) is { } encrypted
            ? encrypted
            : new Refusal(RefusalCode.WeakKey, $"Nothing can be encrypted to this RSA key of {KeySizeBits} bits.");
    }

    /// <summary>The same public key for the BCL. Costs an import: not for the hot path.</summary>
    public RSA ToRsa() => RSA.Create(new RSAParameters { Modulus = RsaModulus.ToArray(), Exponent = RsaExponent.ToArray() });

    /// <summary>The same public key for the BCL's key agreement, for a key that is met once; null off the curves this product knows.</summary>
    internal ECDiffieHellman? ToEcdh() => EcPoint.Parameters(CurveOid, keyBits.Span) is { } key ? ECDiffieHellman.Create(key) : null;

    /// <summary>The same for a key that is met again and again.</summary>
    internal ECDiffieHellmanPublicKey? ForAgreement => Imported?.Agreement;

    private ImportedEcKey? Imported => ImportedEcKey.Of(CurveOid, keyBits.Span);

    private RsaPublicOperation Rsa => new(RsaModulus.Span, RsaExponent.Span);

    private static SubjectPublicKey Create(AlgorithmIdentifier algorithm, byte[] keyBits)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            algorithm.Encode(writer);
            writer.WriteBitString(keyBits);
        }

        return new(writer.Encode(), algorithm, keyBits);
    }

    private ReadOnlyMemory<byte> Normalised() =>
        IsRsa && !hasNullParameters ? Create(AlgorithmIdentifier.WithNull(Oids.RsaEncryption), keyBits.ToArray()).Encoded : Encoded;

    private static (ReadOnlyMemory<byte> Modulus, ReadOnlyMemory<byte> Exponent) ReadRsaKey(ReadOnlyMemory<byte> bits)
    {
        var outer = new AsnReader(bits, AsnEncodingRules.BER);
        AsnReader fields = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        ReadOnlyMemory<byte> modulus = ReadPositive(fields);
        ReadOnlyMemory<byte> exponent = ReadPositive(fields);
        fields.ThrowIfNotEmpty();
        return (modulus, exponent);
    }

    private static ReadOnlyMemory<byte> ReadPositive(AsnReader fields)
    {
        ReadOnlyMemory<byte> value = fields.ReadIntegerBytes();
        if ((value.Span[0] & 0x80) != 0)
        {
            throw new AsnContentException("An RSA key contains a negative number.");
        }

        return value[(value.Length - value.Span.TrimStart((byte)0).Length)..];
    }
}
