using System.Formats.Asn1;
using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;

namespace Pki.Protocols.X509;

/// <summary>
/// PKCS #10 (RFC 2986), read as SCEP clients really write it (SCEP.md R-01): BER, attributes unsorted, absent or
/// empty. What it asks for are hints; the signature proves possession of the key.
/// </summary>
public sealed class CertificationRequest : IAsn1Value<CertificationRequest>
{
    private const int MaxLength = 32 * 1024;
    private const int MaxTextLength = 2 * MaxLength;
    private const int MaxAttributes = 64;
    private const string PemLabel = "CERTIFICATE REQUEST";
    private const string OldPemLabel = "NEW CERTIFICATE REQUEST"; // RFC 7468 §7

    private static readonly Asn1Tag AttributesTag = new(TagClass.ContextSpecific, 0);

    private readonly RequestedContents asked;
    private readonly ReadOnlyMemory<byte> signature;

    private CertificationRequest(ReadOnlyMemory<byte> encoded, SignedFields signed)
    {
        Encoded = encoded;
        InfoEncoded = signed.ToBeSigned;
        SignatureAlgorithm = signed.Algorithm;
        signature = signed.Signature;

        AsnReader fields = signed.OpenToBeSigned();
        if (!fields.TryReadInt32(out int version) || version != 0)
        {
            throw new AsnContentException("A certification request has a version that does not exist.");
        }

        Subject = DistinguishedName.Decode(fields);
        PublicKey = SubjectPublicKey.Decode(fields);
        Attributes = fields.NextIsContext(0) ? ReadAttributes(fields.ReadUnsortedSet(AttributesTag)) : [];
        fields.ThrowIfNotEmpty();
        asked = RequestedContents.Of(Attributes);
    }

    /// <summary>The whole request as received.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>The part that is signed.</summary>
    public ReadOnlyMemory<byte> InfoEncoded { get; }

    /// <summary>The name asked for; may be empty.</summary>
    public DistinguishedName Subject { get; }

    /// <summary>The key to be certified.</summary>
    public SubjectPublicKey PublicKey { get; }

    /// <summary>How it is signed.</summary>
    public SignatureAlgorithm SignatureAlgorithm { get; }

    /// <summary>All attributes, in the order they came.</summary>
    public IReadOnlyList<RequestAttribute> Attributes { get; }

    /// <summary>challengePassword; null when absent or empty (SCEP.md P-05).</summary>
    public Secret? ChallengePassword => asked.Challenge;

    /// <summary>The extensions asked for, in any of the three dialects of SCEP.md R-07.</summary>
    public IReadOnlyList<CertificateExtension> RequestedExtensions => asked.Extensions;

    /// <summary>The alternative names asked for; null when there are none.</summary>
    public GeneralNames? SubjectAltName => asked.Known.SubjectAltName;

    /// <summary>The key usage asked for.</summary>
    public KeyUsages? KeyUsage => asked.Known.KeyUsage;

    /// <summary>The extended key usages asked for.</summary>
    public IReadOnlyList<string> ExtendedKeyUsage => asked.Known.ExtendedKeyUsage;

    /// <summary>True when it asks to speak for its CA (<see cref="KnownExtensions.SpeaksForCa"/>).</summary>
    public bool AsksToSpeakForCa => asked.Known.SpeaksForCa;

    /// <summary>True when it asks to become a CA: basicConstraints cA or keyCertSign (SCEP.md R-08).</summary>
    public bool AsksForCa => asked.Known.IsCa || (KeyUsage & KeyUsages.KeyCertSign) == KeyUsages.KeyCertSign;

    /// <summary>Microsoft's certificate template name, a hint (SCEP.md R-07); null when absent.</summary>
    public string? TemplateName =>
        RequestedExtensions.FirstOrDefault(extension => extension.Oid == Oids.MicrosoftTemplateName) is { } template ? TemplateHint.ReadName(template) : null;

    /// <summary>Microsoft's certificate template OID, a hint (SCEP.md R-07); null when absent.</summary>
    public string? TemplateId =>
        RequestedExtensions.FirstOrDefault(extension => extension.Oid == Oids.MicrosoftTemplateId) is { } template ? TemplateHint.ReadId(template) : null;

    /// <summary>Makes and signs a request.</summary>
    public static CertificationRequest Create(DistinguishedName subject, KeyPair key, HashAlgorithmName hash, IEnumerable<RequestAttribute>? attributes = null) =>
        Create(subject, key, SignatureAlgorithm.For(key.Public, hash), attributes);

    /// <summary>The same with a signature algorithm of one's own choice.</summary>
    public static CertificationRequest Create(DistinguishedName subject, KeyPair key, SignatureAlgorithm algorithm, IEnumerable<RequestAttribute>? attributes = null)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            subject.Encode(writer);
            key.Public.Encode(writer);
            using (writer.PushSetOf(AttributesTag))
            {
                foreach (RequestAttribute attribute in attributes ?? [])
                {
                    attribute.Encode(writer);
                }
            }
        }

        byte[] info = writer.Encode();
        byte[] encoded = SignedStructure.Assemble(info, algorithm, key.Sign(info, algorithm));
        return Decode(new AsnReader(encoded, AsnEncodingRules.DER));
    }

    /// <summary>Reads PEM with either label, or base64 alone with or without line ends. DER inside may be BER.</summary>
    public static Outcome<CertificationRequest> FromText(string pemOrBase64)
    {
        if (pemOrBase64.Length > MaxTextLength)
        {
            return new Refusal(RefusalCode.TooLarge, $"A certification request has more than {MaxTextLength} characters.");
        }

        if (PemText.Find(pemOrBase64, PemLabel, OldPemLabel) is { } der)
        {
            return Der.DecodeBer<CertificationRequest>(der);
        }

        byte[] bytes = new byte[pemOrBase64.Length];
        return Convert.TryFromBase64String(pemOrBase64, bytes, out int written) && written > 0
            ? Der.DecodeBer<CertificationRequest>(bytes.AsMemory(0, written))
            : new Refusal(RefusalCode.Malformed, "The text is neither a PEM certification request nor base64.");
    }

    /// <inheritdoc />
    public static CertificationRequest Decode(AsnReader reader)
    {
        ReadOnlyMemory<byte> encoded = reader.ReadEncodedValue();
        LimitExceededException.ThrowIfMore(encoded.Length, MaxLength, "Octets of a certification request");
        return new(encoded, SignedFields.Decode(reader.Over(encoded)));
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer) => writer.WriteEncodedValue(Encoded.Span);

    /// <summary>Proof of possession: signed with the key it carries (RFC 2986 §4.2).</summary>
    public bool VerifySignature() => PublicKey.Verify(InfoEncoded.Span, signature.Span, SignatureAlgorithm);

    /// <summary>RFC 7468 §7, with a final line end.</summary>
    public string ToPem() => PemText.Write(PemLabel, Encoded.Span);

    private static List<RequestAttribute> ReadAttributes(AsnReader set)
    {
        List<RequestAttribute> attributes = [];
        while (set.HasData)
        {
            attributes.Add(RequestAttribute.Decode(set));
            LimitExceededException.ThrowIfMore(attributes.Count, MaxAttributes, "Attributes of a certification request");
        }

        return attributes;
    }
}
