using System.Formats.Asn1;
using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cms;

/// <summary>
/// Signed content (RFC 5652 §5), read by hand from BER or DER and verified without importing anything. Limits before
/// belief (SCEP.md L-01): nesting 32, certificates 10, one signer, attributes 64.
/// </summary>
/// <remarks>
/// RFC 5652 §5.1: SEQUENCE { version, digestAlgorithms SET OF, encapContentInfo SEQUENCE { eContentType,
/// eContent [0] EXPLICIT OCTET STRING OPTIONAL }, certificates [0] IMPLICIT SET OF OPTIONAL,
/// crls [1] IMPLICIT SET OF OPTIONAL, signerInfos SET OF }
/// </remarks>
public sealed class SignedData : IAsn1Value<SignedData>
{
    private const int MaxDigestAlgorithms = 10;
    private const int MaxCertificates = 10;
    private const int MaxCrls = 10;
    private const int MaxSigners = 1;

    private SignedData(ReadOnlyMemory<byte> encoded, AsnReader fields)
    {
        Encoded = encoded;
        fields.ReadIntegerBytes(); // the version follows from the rest
        ReadEach(fields.ReadUnsortedSet(), AlgorithmIdentifier.Decode, MaxDigestAlgorithms, "Digest algorithms");
        AsnReader content = fields.ReadSequence();
        ContentType = content.ReadObjectIdentifier();
        Content = content.HasData ? ReadContent(content.ReadExplicit(0)) : default(ReadOnlyMemory<byte>?); // a bare null would become empty memory
        content.ThrowIfNotEmpty();
        Certificates = fields.NextIsContext(0) ? ReadCertificates(fields.ReadUnsortedSet(new Asn1Tag(TagClass.ContextSpecific, 0, true))) : [];
        Crls = fields.NextIsContext(1) ? ReadCrls(fields.ReadUnsortedSet(new Asn1Tag(TagClass.ContextSpecific, 1, true))) : [];
        Signers = ReadEach(fields.ReadUnsortedSet(), SignerInfo.Decode, MaxSigners, "Signers");
        fields.ThrowIfNotEmpty();
    }

    /// <summary>The message as it came, ContentInfo included.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>The type of the content, usually id-data.</summary>
    public string ContentType { get; }

    /// <summary>The signed octets; null when absent, which is not the same as empty (SCEP.md B-07).</summary>
    public ReadOnlyMemory<byte>? Content { get; }

    /// <summary>The certificates in the message, in its order.</summary>
    public IReadOnlyList<Certificate> Certificates { get; }

    /// <summary>The CRLs in the message, undecoded.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Crls { get; }

    /// <summary>The signer; none in a message that only carries certificates.</summary>
    public IReadOnlyList<SignerInfo> Signers { get; }

    /// <summary>Reads a ContentInfo of this type that fills its input.</summary>
    public static Outcome<SignedData> Decode(ReadOnlyMemory<byte> contentInfo) => Der.DecodeBer<SignedData>(contentInfo);

    /// <inheritdoc />
    public static SignedData Decode(AsnReader reader)
    {
        ReadOnlyMemory<byte> encoded = reader.PeekEncodedValue();
        AsnReader content = ContentInfo.Read(reader, out string type);
        if (type != Oids.SignedData)
        {
            throw new AsnContentException($"The content is of type {type}, not SignedData.");
        }

        AsnReader fields = content.ReadSequence();
        content.ThrowIfNotEmpty();
        return new(encoded, fields);
    }

    /// <summary>Signs; the content may be empty, as in SCEP's PENDING and FAILURE (SCEP.md B-07).</summary>
    /// <param name="content">The octets to sign and carry.</param>
    /// <param name="signer">Who signs.</param>
    public static byte[] Sign(ReadOnlyMemory<byte> content, CmsSigner signer) => SignedDataWriter.Write(content.Span, signer);

    /// <inheritdoc />
    public void Encode(AsnWriter writer) => writer.WriteEncodedValue(Encoded.Span);

    /// <summary>
    /// RFC 5652 §5.4, §5.6. A message without signed attributes is refused: its signature could be that of another
    /// message's attributes, read as content.
    /// </summary>
    /// <param name="policy">The digests to believe.</param>
    /// <param name="known">Certificates that the message need not carry.</param>
    public Outcome<VerifiedSigner> VerifySigner(DigestPolicy policy, IReadOnlyList<Certificate>? known = null)
    {
        if (Signers is not [var signer])
        {
            return new Refusal(RefusalCode.NotSigned, "Nobody signed the message.");
        }

        // 1. The algorithms are known, agree, and are believed.
        if (HashAlgorithms.FromOid(signer.DigestAlgorithm.Oid) is not { } digest || !policy.Allows(digest))
        {
            return new Refusal(RefusalCode.UnsupportedAlgorithm, $"The digest {signer.DigestAlgorithm.Oid} is not allowed.");
        }

        if (signer.Verifier(digest) is not { } algorithm)
        {
            return new Refusal(RefusalCode.UnsupportedAlgorithm, $"The signature algorithm {signer.SignatureAlgorithm.Oid} does not go with {digest.Name}.");
        }

        // 2. The signer's certificate is there.
        if (FindCertificate(signer.Signer, known) is not { } certificate)
        {
            return new Refusal(RefusalCode.BadSignature, $"The signer's certificate is not there: {signer.Signer}.");
        }

        // 3. The signed attributes are about this content; 4. the signature is over the attributes.
        if (!BindsContent(signer, digest))
        {
            return new Refusal(RefusalCode.BadSignature, "The signed attributes do not belong to the content.");
        }

        return certificate.PublicKey.Verify(signer.SignedOctets!.Value.Span, signer.Signature.Span, algorithm)
            ? new VerifiedSigner(certificate, signer.SignedAttributes, digest, ReadSigningTime(signer)) { SignedOctets = signer.SignedOctets.Value }
            : new Refusal(RefusalCode.BadSignature, $"The signature does not fit the key of '{certificate.Subject}'.");
    }

    /// <summary>The certificate the one signer names, verified or not; null when it is not in the message.</summary>
    internal Certificate? ClaimedSigner => Signers is [var signer] ? FindCertificate(signer.Signer, null) : null;

    /// <summary>What the signer says about the time; null when it says nothing readable.</summary>
    internal static DateTimeOffset? ReadSigningTime(SignerInfo signer)
    {
        if (signer.Single(Oids.SigningTime) is not { } value)
        {
            return null;
        }

        try
        {
            return new AsnReader(value, AsnEncodingRules.BER).ReadTime();
        }
        catch (AsnContentException)
        {
            // Nothing here depends on it unless a policy asks; then an unreadable time is as good as none (SCEP.md A-08).
            return null;
        }
    }

    private Certificate? FindCertificate(CertificateReference signer, IReadOnlyList<Certificate>? known) =>
        Certificates.Concat(known ?? []).FirstOrDefault(signer.Names);

    private bool BindsContent(SignerInfo signer, HashAlgorithmName digest)
    {
        if (signer.Single(Oids.ContentType) is not { } type || signer.Single(Oids.MessageDigest) is not { } stated)
        {
            return false;
        }

        try
        {
            byte[] actual = HashAlgorithms.Compute(digest, Content.GetValueOrDefault().Span);
            return new AsnReader(type, AsnEncodingRules.BER).ReadObjectIdentifier() == ContentType
                && new AsnReader(stated, AsnEncodingRules.BER).ReadOctets().Span.SequenceEqual(actual);
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static ReadOnlyMemory<byte> ReadContent(AsnReader reader)
    {
        ReadOnlyMemory<byte> octets = reader.ReadOctets();
        reader.ThrowIfNotEmpty();
        return octets;
    }

    private static List<Certificate> ReadCertificates(AsnReader set)
    {
        List<Certificate> certificates = [];
        for (int count = 1; set.HasData; count++)
        {
            LimitExceededException.ThrowIfMore(count, MaxCertificates, "Certificates");
            if (set.NextIs(Asn1Tag.Sequence))
            {
                certificates.Add(Certificate.Decode(set));
            }
            else
            {
                set.ReadEncodedValue(); // attribute certificates and the like (RFC 5652 §10.2.2): nobody here asks for them
            }
        }

        return certificates;
    }

    private static List<ReadOnlyMemory<byte>> ReadCrls(AsnReader set) => ReadEach(set, each => each.ReadEncodedValue(), MaxCrls, "CRLs");

    private static List<T> ReadEach<T>(AsnReader set, Func<AsnReader, T> read, int limit, string what)
    {
        List<T> values = [];
        while (set.HasData)
        {
            LimitExceededException.ThrowIfMore(values.Count + 1, limit, what);
            values.Add(read(set));
        }

        return values;
    }
}
