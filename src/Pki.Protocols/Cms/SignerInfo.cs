using System.Formats.Asn1;
using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cms;

/// <summary>One signer of a SignedData, as read and not yet believed.</summary>
/// <param name="Signer">Which certificate verifies the signature.</param>
/// <param name="DigestAlgorithm">The digest of content and attributes.</param>
/// <param name="SignedAttributes">The attributes under the signature; unsigned ones are not even kept (SCEP.md A-07).</param>
/// <param name="SignatureAlgorithm">The signature's algorithm, as written.</param>
/// <param name="Signature">The signature.</param>
/// <remarks>
/// RFC 5652 §5.3: SEQUENCE { version, sid, digestAlgorithm, signedAttrs [0] IMPLICIT SET OF OPTIONAL,
/// signatureAlgorithm, signature OCTET STRING, unsignedAttrs [1] IMPLICIT SET OF OPTIONAL }
/// </remarks>
public sealed record SignerInfo(
    CertificateReference Signer,
    AlgorithmIdentifier DigestAlgorithm,
    IReadOnlyList<CmsAttribute> SignedAttributes,
    SignatureAlgorithm SignatureAlgorithm,
    ReadOnlyMemory<byte> Signature)
{
    private const byte SetTag = 0x31;
    private static readonly Asn1Tag UnsignedAttributesTag = new(TagClass.ContextSpecific, 1, isConstructed: true);

    /// <summary>What was signed: SignedAttributes as a SET OF, its elements in the order they came (SCEP.md S-03); null when there are none.</summary>
    internal ReadOnlyMemory<byte>? SignedOctets { get; private init; }

    internal static SignerInfo Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        fields.ReadIntegerBytes(); // version 1 or 3, which sid tells as well
        CertificateReference signer = CertificateReference.Decode(fields);
        AlgorithmIdentifier digest = AlgorithmIdentifier.Decode(fields);
        ReadOnlyMemory<byte>? signed = fields.NextIsContext(0) ? AsSetOf(DerForm.Of(fields.ReadEncodedValue())) : default(ReadOnlyMemory<byte>?); // a bare null would become empty memory
        IReadOnlyList<CmsAttribute> attributes = signed is { } octets ? CmsAttribute.DecodeSet(fields.Over(octets)) : [];
        SignatureAlgorithm algorithm = SignatureAlgorithm.Decode(fields);
        ReadOnlyMemory<byte> signature = fields.ReadOctets();
        if (fields.NextIsContext(1))
        {
            fields.ReadUnsortedSet(UnsignedAttributesTag);
        }

        fields.ThrowIfNotEmpty();
        return new(signer, digest, attributes, algorithm, signature) { SignedOctets = signed };
    }

    /// <summary>The attributes of a kind: none, one, or more, which a reader should not accept.</summary>
    internal IEnumerable<CmsAttribute> Of(string oid) => SignedAttributes.Where(attribute => attribute.Oid == oid);

    /// <summary>The one value of the one attribute of a kind; null when there is not exactly one.</summary>
    internal ReadOnlyMemory<byte>? Single(string oid) => Of(oid).Take(2).ToArray() is [{ Values: [var value] }] ? value : default(ReadOnlyMemory<byte>?);

    /// <summary>The algorithm to verify with; null when it is unknown or at odds with the digest.</summary>
    internal SignatureAlgorithm? Verifier(HashAlgorithmName digest)
    {
        // RFC 3370 §3.2: rsaEncryption names no digest, the digestAlgorithm does. Some do the same with id-ecPublicKey.
        SignatureAlgorithm algorithm = SignatureAlgorithm.Oid switch
        {
            Oids.RsaEncryption => SignatureAlgorithm.RsaPkcs1(digest),
            Oids.EcPublicKey when digest != HashAlgorithmName.MD5 => SignatureAlgorithm.Ecdsa(digest),
            _ => SignatureAlgorithm,
        };
        return algorithm.IsKnown && algorithm.Hash == digest ? algorithm : null;
    }

    /// <summary>RFC 5652 §5.4: the [0] of the encoding counts as the SET OF it stands for.</summary>
    private static ReadOnlyMemory<byte> AsSetOf(ReadOnlyMemory<byte> tagged)
    {
        byte[] set = tagged.ToArray();
        set[0] = SetTag;
        return set;
    }
}
