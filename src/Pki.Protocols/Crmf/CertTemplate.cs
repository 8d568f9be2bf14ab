using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Crmf;

/// <summary>The certificate a requester has in mind: every field may be left to the CA. In a revocation, the certificate meant.</summary>
/// <remarks>
/// RFC 4211 §5, tags implicit but for the CHOICE Name: SEQUENCE { version [0] INTEGER, serialNumber [1] INTEGER,
/// signingAlg [2] AlgorithmIdentifier, issuer [3] Name, validity [4] OptionalValidity, subject [5] Name,
/// publicKey [6] SubjectPublicKeyInfo, issuerUID [7] BIT STRING, subjectUID [8] BIT STRING, extensions [9] Extensions }, all OPTIONAL
/// </remarks>
public sealed record CertTemplate : IAsn1Value<CertTemplate>
{
    private const int IssuerUid = 7;
    private const int SubjectUid = 8;
    private const int ExtensionsNumber = 9;

    /// <summary>The version as the wire counts it: 2 is version 3.</summary>
    public int? Version { get; init; }

    /// <summary>The serial number wanted, or that of the certificate meant.</summary>
    public SerialNumber? Serial { get; init; }

    /// <summary>How the certificate is to be signed.</summary>
    public AlgorithmIdentifier? SigningAlgorithm { get; init; }

    /// <summary>Who is to sign, or who signed.</summary>
    public DistinguishedName? Issuer { get; init; }

    /// <summary>The validity wanted.</summary>
    public OptionalValidity? Validity { get; init; }

    /// <summary>The name wanted; may be empty, which is not the same as absent.</summary>
    public DistinguishedName? Subject { get; init; }

    /// <summary>The key to be certified; null when absent and when only its algorithm is there.</summary>
    public SubjectPublicKey? PublicKey { get; init; }

    /// <summary>The kind of key the CA is to generate: a publicKey whose BIT STRING is empty (RFC 9483 §4.1.6, CMP-C-60).</summary>
    public AlgorithmIdentifier? KeyToGenerate { get; init; }

    /// <summary>issuerUID with its tag, as it came; nobody uses it (CMP-C-1).</summary>
    public ReadOnlyMemory<byte>? IssuerUniqueId { get; init; }

    /// <summary>subjectUID with its tag, as it came.</summary>
    public ReadOnlyMemory<byte>? SubjectUniqueId { get; init; }

    /// <summary>The extensions wanted; empty when absent.</summary>
    public IReadOnlyList<CertificateExtension> Extensions { get; init; } = [];

    /// <inheritdoc />
    public static CertTemplate Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var template = new CertTemplate
        {
            Version = fields.NextIsContext(0) ? fields.ReadChoice(int.MaxValue, "Version of a template", Context(0)) : null,
            Serial = fields.NextIsContext(1) ? new SerialNumber(fields.ReadBoundedInteger(Context(1))) : null,
            SigningAlgorithm = fields.ReadOptionalImplicit<AlgorithmIdentifier>(2),
            Issuer = ReadName(fields, 3),
            Validity = fields.ReadOptionalImplicit<OptionalValidity>(4),
            Subject = ReadName(fields, 5),
        };
        if (fields.NextIsContext(6))
        {
            template = WithKey(template, fields);
        }

        template = template with
        {
            IssuerUniqueId = ReadUniqueId(fields, IssuerUid),
            SubjectUniqueId = ReadUniqueId(fields, SubjectUid),
            Extensions = fields.NextIsContext(ExtensionsNumber) ? CertificateExtension.DecodeList(fields.Over(fields.ReadRetagged(ExtensionsNumber))) : [],
        };
        fields.ThrowIfNotEmpty();
        return template;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            if (Version is { } version)
            {
                writer.WriteInteger(version, Context(0));
            }

            if (Serial is not null)
            {
                writer.WriteInteger(Serial.Encoded.Span, Context(1));
            }

            writer.WriteOptionalImplicit(2, SigningAlgorithm);
            writer.WriteOptionalExplicit(3, Issuer);
            writer.WriteOptionalImplicit(4, Validity);
            writer.WriteOptionalExplicit(5, Subject);
            WriteKey(writer);
            writer.WriteEncodedValueIfAny(IssuerUniqueId);
            writer.WriteEncodedValueIfAny(SubjectUniqueId);
            WriteExtensions(writer);
        }
    }

    private static CertTemplate WithKey(CertTemplate template, AsnReader fields)
    {
        ReadOnlyMemory<byte> encoded = fields.ReadRetagged(6);
        AsnReader parts = fields.Over(encoded).ReadSequence();
        AlgorithmIdentifier algorithm = AlgorithmIdentifier.Decode(parts);
        return parts.ReadWholeBitString().IsEmpty && !parts.HasData
            ? template with { KeyToGenerate = algorithm }
            : template with { PublicKey = SubjectPublicKey.Decode(fields.Over(encoded)) };
    }

    private static DistinguishedName? ReadName(AsnReader fields, int number)
    {
        DistinguishedName? name = fields.ReadOptionalExplicit<DistinguishedName>(number);
        LimitExceededException.ThrowIfMore(name?.Encoded.Length ?? 0, CrmfLimits.MaxNameLength, "Octets of a name in a template");
        return name;
    }

    private static ReadOnlyMemory<byte>? ReadUniqueId(AsnReader fields, int number)
    {
        if (!fields.NextIsContext(number))
        {
            return null;
        }

        ReadOnlyMemory<byte> encoded = fields.PeekEncodedValue();
        fields.ReadBitString(out _, Context(number));
        return encoded;
    }

    private void WriteKey(AsnWriter writer)
    {
        if (KeyToGenerate is not null)
        {
            using (writer.PushExplicit(6))
            {
                KeyToGenerate.Encode(writer);
                writer.WriteBitString([]);
            }
        }
        else
        {
            writer.WriteOptionalImplicit(6, PublicKey);
        }
    }

    private void WriteExtensions(AsnWriter writer)
    {
        if (Extensions.Count > 0)
        {
            using (writer.PushSequence(Context(ExtensionsNumber)))
            {
                foreach (CertificateExtension extension in Extensions)
                {
                    extension.Encode(writer);
                }
            }
        }
    }

    private static Asn1Tag Context(int number) => new(TagClass.ContextSpecific, number);
}
