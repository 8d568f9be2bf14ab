using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;

namespace Pki.Protocols.X509;

/// <summary>
/// A CRL (RFC 5280 §5.1). Whether an unknown critical extension (a delta, a partition) makes it unusable is for
/// the reader to decide: <see cref="Extensions"/> has them all.
/// </summary>
public sealed class CertificateList : IAsn1Value<CertificateList>
{
    private const string PemLabel = "X509 CRL";

    private readonly AlgorithmIdentifier innerAlgorithm;

    private CertificateList(ReadOnlyMemory<byte> encoded, SignedFields signed)
    {
        Encoded = encoded;
        TbsEncoded = signed.ToBeSigned;
        SignatureAlgorithm = signed.Algorithm;
        Signature = signed.Signature;

        AsnReader fields = signed.OpenToBeSigned();
        if (fields.NextIs(Asn1Tag.Integer))
        {
            fields.ReadIntegerBytes(); // version 1 has none; nothing depends on it
        }

        innerAlgorithm = AlgorithmIdentifier.Decode(fields);
        Issuer = DistinguishedName.Decode(fields);
        ThisUpdate = fields.ReadTime();
        NextUpdate = fields.NextIs(Asn1Tag.UtcTime) || fields.NextIs(Asn1Tag.GeneralizedTime) ? fields.ReadTime() : null;
        Revoked = fields.NextIs(Asn1Tag.Sequence) ? ReadEntries(fields.ReadSequence()) : [];
        if (fields.NextIsContext(0))
        {
            AsnReader field = fields.ReadExplicit(0);
            Extensions = CertificateExtension.DecodeList(field);
            field.ThrowIfNotEmpty();
        }

        fields.ThrowIfNotEmpty();
        AuthorityKeyIdentifier = KnownExtensions.Of(Extensions.Where(extension => extension.Oid == Oids.AuthorityKeyIdentifier)).AuthorityKeyIdentifier;
        Number = ReadNumber(Oids.CrlNumber);
        BaseNumber = ReadNumber(Oids.DeltaCrlIndicator);
        IsPartial = ReadIsPartial();
    }

    /// <summary>The whole CRL.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>The part that is signed.</summary>
    public ReadOnlyMemory<byte> TbsEncoded { get; }

    /// <summary>How it is signed.</summary>
    public SignatureAlgorithm SignatureAlgorithm { get; }

    /// <summary>The signature.</summary>
    public ReadOnlyMemory<byte> Signature { get; }

    /// <summary>Who signed it.</summary>
    public DistinguishedName Issuer { get; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset ThisUpdate { get; }

    /// <summary>When the next will be there; null when not stated.</summary>
    public DateTimeOffset? NextUpdate { get; }

    /// <summary>The entries, in encoded order.</summary>
    public IReadOnlyList<RevokedCertificate> Revoked { get; }

    /// <summary>All extensions of the CRL itself.</summary>
    public IReadOnlyList<CertificateExtension> Extensions { get; } = [];

    /// <summary>cRLNumber (RFC 5280 §5.2.3); null when absent.</summary>
    public BigInteger? Number { get; }

    /// <summary>deltaCRLIndicator (RFC 5280 §5.2.4): the base's number; null for a full CRL.</summary>
    public BigInteger? BaseNumber { get; }

    /// <summary>
    /// Some certificates of the CA are not its business: issuingDistributionPoint (RFC 5280 §5.2.5) says more than where it
    /// lies.
    /// </summary>
    public bool IsPartial { get; }

    /// <summary>The issuer's key identifier; null when absent.</summary>
    public ReadOnlyMemory<byte>? AuthorityKeyIdentifier { get; }

    /// <inheritdoc />
    public static CertificateList Decode(AsnReader reader)
    {
        ReadOnlyMemory<byte> encoded = reader.ReadEncodedValue();
        return new(encoded, SignedFields.Decode(reader.Over(encoded)));
    }

    /// <summary>Reads PEM (RFC 7468 §6).</summary>
    public static Outcome<CertificateList> FromPem(string pem) =>
        PemText.Find(pem, PemLabel) is { } der ? Der.Decode<CertificateList>(der) : new Refusal(RefusalCode.Malformed, "There is no CRL in the text.");

    /// <inheritdoc />
    public void Encode(AsnWriter writer) => writer.WriteEncodedValue(Encoded.Span);

    /// <summary>Verifies the signature with a key; inner and outer algorithm must agree (RFC 5280 §5.1.1.2).</summary>
    public bool IsSignedBy(SubjectPublicKey issuerKey) =>
        innerAlgorithm == SignatureAlgorithm.Identifier && issuerKey.Verify(TbsEncoded.Span, Signature.Span, SignatureAlgorithm);

    /// <summary>The entry of a certificate; null when it is not on the list. Looks through the whole list.</summary>
    public RevokedCertificate? Find(SerialNumber serial) => Revoked.FirstOrDefault(entry => entry.Serial.Equals(serial));

    /// <summary>SHA-1 of the whole: the fingerprint of EJBCA's tables (CA_CORE.md §2.3).</summary>
    public byte[] Sha1Fingerprint() => SHA1.HashData(Encoded.Span);

    /// <summary>RFC 7468 §6, with a final line end.</summary>
    public string ToPem() => PemText.Write(PemLabel, Encoded.Span);

    private static List<RevokedCertificate> ReadEntries(AsnReader entries)
    {
        List<RevokedCertificate> list = [];
        while (entries.HasData)
        {
            list.Add(RevokedCertificate.Decode(entries));
        }

        return list;
    }

    private bool ReadIsPartial()
    {
        if (Extensions.FirstOrDefault(extension => extension.Oid == Oids.IssuingDistributionPoint) is not { } scope)
        {
            return false;
        }

        AsnReader fields = scope.Open().ReadSequence();
        if (fields.NextIsContext(0))
        {
            fields.ReadEncodedValue(); // distributionPoint
        }

        return fields.HasData;
    }

    private BigInteger? ReadNumber(string oid)
    {
        if (Extensions.FirstOrDefault(extension => extension.Oid == oid) is not { } found)
        {
            return null;
        }

        AsnReader reader = found.Open();
        BigInteger number = reader.ReadInteger();
        reader.ThrowIfNotEmpty();
        return number;
    }
}
