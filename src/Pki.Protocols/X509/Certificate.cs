using System.Formats.Asn1;
using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;

namespace Pki.Protocols.X509;

/// <summary>
/// A certificate (RFC 5280 §4.1), parsed from its bytes and never by the platform: a load there costs half a
/// signature and does not scale over cores. Reads what clients really send (SCEP.md S-05): version 1, serial
/// numbers of any size and sign, any validity; refuses an extension that occurs twice or does not decode.
/// The bytes given are kept, not copied; whoever hands them over leaves them alone from then on.
/// </summary>
public sealed class Certificate : IAsn1Value<Certificate>
{
    private const string PemLabel = "CERTIFICATE";
    private const int MaxLength = 128 * 1024;

    private readonly KnownExtensions known;
    private readonly AlgorithmIdentifier innerAlgorithm;

    private Certificate(ReadOnlyMemory<byte> encoded, SignedFields signed)
    {
        Encoded = encoded;
        TbsEncoded = signed.ToBeSigned;
        SignatureAlgorithm = signed.Algorithm;
        Signature = signed.Signature;

        AsnReader fields = signed.OpenToBeSigned();
        Version = fields.NextIsContext(0) ? ReadVersion(fields.ReadExplicit(0)) : 1;
        Serial = SerialNumber.Decode(fields);
        innerAlgorithm = AlgorithmIdentifier.Decode(fields);
        Issuer = DistinguishedName.Decode(fields);
        AsnReader validity = fields.ReadSequence();
        NotBefore = validity.ReadTime();
        NotAfter = validity.ReadTime();
        validity.ThrowIfNotEmpty();
        Subject = DistinguishedName.Decode(fields);
        PublicKey = SubjectPublicKey.Decode(fields);
        SkipUniqueIdentifier(fields, 1);
        SkipUniqueIdentifier(fields, 2);
        Extensions = fields.NextIsContext(3) ? ReadExtensions(fields.ReadExplicit(3)) : [];
        fields.ThrowIfNotEmpty();
        known = KnownExtensions.Of(Extensions);
    }

    /// <summary>The whole certificate.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>The part that is signed.</summary>
    public ReadOnlyMemory<byte> TbsEncoded { get; }

    /// <summary>1 to 3: the version as people count it.</summary>
    public int Version { get; }

    /// <summary>The serial number.</summary>
    public SerialNumber Serial { get; }

    /// <summary>Who signed it.</summary>
    public DistinguishedName Issuer { get; }

    /// <summary>Whom it names.</summary>
    public DistinguishedName Subject { get; }

    /// <summary>From when it is valid.</summary>
    public DateTimeOffset NotBefore { get; }

    /// <summary>Until when it is valid, that second included.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>The key it certifies.</summary>
    public SubjectPublicKey PublicKey { get; }

    /// <summary>How it is signed.</summary>
    public SignatureAlgorithm SignatureAlgorithm { get; }

    /// <summary>The signature.</summary>
    public ReadOnlyMemory<byte> Signature { get; }

    /// <summary>All extensions, in encoded order.</summary>
    public IReadOnlyList<CertificateExtension> Extensions { get; }

    /// <summary>What the key may be used for; null when the extension is absent, which means anything.</summary>
    public KeyUsages? KeyUsage => known.KeyUsage;

    /// <summary>basicConstraints cA. A version 1 certificate is no CA.</summary>
    public bool IsCa => known.IsCa;

    /// <summary>basicConstraints pathLenConstraint.</summary>
    public int? PathLength => known.PathLength;

    /// <summary>The key's identifier as its certificate states it.</summary>
    public ReadOnlyMemory<byte>? SubjectKeyIdentifier => known.SubjectKeyIdentifier;

    /// <summary>The issuer's key identifier.</summary>
    public ReadOnlyMemory<byte>? AuthorityKeyIdentifier => known.AuthorityKeyIdentifier;

    /// <summary>The purposes; empty when the extension is absent.</summary>
    public IReadOnlyList<string> ExtendedKeyUsage => known.ExtendedKeyUsage;

    /// <summary>The alternative names; null when the extension is absent.</summary>
    public GeneralNames? SubjectAltName => known.SubjectAltName;

    /// <summary>Issuer and subject are the same octets (RFC 5280 §6.1 self-issued). Whether it is self-signed <see cref="IsSignedBy"/> tells.</summary>
    public bool IsSelfIssued => Issuer.EncodedEquals(Subject);

    /// <summary>Inner and outer signature algorithm agree (RFC 5280 §4.1.1.2). Whoever verifies by other means than <see cref="IsSignedBy"/> asks this, too.</summary>
    public bool NamesOneAlgorithm => innerAlgorithm == SignatureAlgorithm.Identifier;

    /// <inheritdoc />
    public static Certificate Decode(AsnReader reader)
    {
        ReadOnlyMemory<byte> encoded = reader.ReadEncodedValue();
        LimitExceededException.ThrowIfMore(encoded.Length, MaxLength, "Octets of a certificate");
        return new(encoded, SignedFields.Decode(reader.Over(encoded)));
    }

    /// <summary>Reads the first CERTIFICATE of a PEM text (RFC 7468 §5).</summary>
    public static Outcome<Certificate> FromPem(string pem) =>
        PemText.Find(pem, PemLabel) is { } der ? Der.Decode<Certificate>(der) : new Refusal(RefusalCode.Malformed, "There is no certificate in the text.");

    /// <summary>Reads all certificates of a PEM text, in order.</summary>
    public static IEnumerable<Outcome<Certificate>> AllFromPem(string pem) => PemText.FindAll(pem, PemLabel).Select(der => Der.Decode<Certificate>(der));

    /// <inheritdoc />
    public void Encode(AsnWriter writer) => writer.WriteEncodedValue(Encoded.Span);

    /// <summary>The first extension of a kind; null when absent.</summary>
    public CertificateExtension? Extension(string oid) => Extensions.FirstOrDefault(extension => extension.Oid == oid);

    /// <summary>
    /// Verifies the signature with a key. Inner and outer algorithm must agree (RFC 5280 §4.1.1.2): otherwise the
    /// statement which algorithm was used is itself not signed.
    /// </summary>
    public bool IsSignedBy(SubjectPublicKey issuerKey) =>
        NamesOneAlgorithm && issuerKey.Verify(TbsEncoded.Span, Signature.Span, SignatureAlgorithm);

    /// <summary>RFC 5280 §4.1.2.5: both ends are included.</summary>
    public bool IsValidAt(DateTimeOffset time) => NotBefore <= time && time <= NotAfter;

    /// <summary>SHA-256 of the whole.</summary>
    public byte[] Sha256Fingerprint() => SHA256.HashData(Encoded.Span);

    /// <summary>SHA-1 of the whole: the fingerprint of EJBCA's tables (CA_CORE.md §2.3).</summary>
    public byte[] Sha1Fingerprint() => SHA1.HashData(Encoded.Span);

    /// <summary>RFC 7468 §5, with a final line end so that texts can be put one after the other.</summary>
    public string ToPem() => PemText.Write(PemLabel, Encoded.Span);

    private static int ReadVersion(AsnReader field)
    {
        if (!field.TryReadInt32(out int version) || version is < 0 or > 2)
        {
            throw new AsnContentException("A certificate has a version that does not exist.");
        }

        field.ThrowIfNotEmpty();
        return version + 1;
    }

    private static void SkipUniqueIdentifier(AsnReader fields, int number)
    {
        if (fields.NextIsContext(number))
        {
            fields.ReadBitString(out _, new Asn1Tag(TagClass.ContextSpecific, number));
        }
    }

    private static IReadOnlyList<CertificateExtension> ReadExtensions(AsnReader field)
    {
        IReadOnlyList<CertificateExtension> extensions = CertificateExtension.DecodeList(field);
        field.ThrowIfNotEmpty();
        return extensions;
    }
}
