using System.Formats.Asn1;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.X509;

/// <summary>An extension of a certificate, CRL or request.</summary>
/// <param name="Oid">Which one.</param>
/// <param name="Critical">Whether a reader that does not know it must refuse.</param>
/// <param name="Value">The contents of extnValue: the encoding of the extension's own type.</param>
/// <remarks>RFC 5280 §4.1: SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }</remarks>
public sealed record CertificateExtension(string Oid, bool Critical, ReadOnlyMemory<byte> Value) : IAsn1Value<CertificateExtension>
{
    private const int MaxExtensions = 64;

    /// <inheritdoc />
    public static CertificateExtension Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        string oid = fields.ReadObjectIdentifier();
        bool critical = fields.NextIs(Asn1Tag.Boolean) && fields.ReadBoolean();
        var value = new CertificateExtension(oid, critical, fields.ReadOctets());
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <summary>Reads Extensions. RFC 5280 §4.2: a certificate must not include more than one of a kind.</summary>
    public static IReadOnlyList<CertificateExtension> DecodeList(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        List<CertificateExtension> list = [];
        while (fields.HasData)
        {
            CertificateExtension next = Decode(fields);
            if (list.Exists(known => known.Oid == next.Oid))
            {
                throw new AsnContentException($"The extension {next.Oid} occurs twice.");
            }

            list.Add(next);
            LimitExceededException.ThrowIfMore(list.Count, MaxExtensions, "Extensions");
        }

        return list;
    }

    /// <summary>Writes Extensions.</summary>
    public static void EncodeList(AsnWriter writer, IEnumerable<CertificateExtension> extensions)
    {
        using (writer.PushSequence())
        {
            foreach (CertificateExtension extension in extensions)
            {
                extension.Encode(writer);
            }
        }
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Oid);
            if (Critical)
            {
                writer.WriteBoolean(true);
            }

            writer.WriteOctetString(Value.Span);
        }
    }

    /// <summary>Same kind, same criticality, same octets.</summary>
    public bool Equals(CertificateExtension? other) =>
        other is not null && Oid == other.Oid && Critical == other.Critical && Value.Span.SequenceEqual(other.Value.Span);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Oid, Critical, Value.Length);

    /// <summary>A reader over the value, in BER because extensions of strangers are not always DER inside.</summary>
    internal AsnReader Open() => new(Value, AsnEncodingRules.BER, new AsnReaderOptions { SkipSetSortOrderVerification = true });
}
