using System.Formats.Asn1;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.X509;

/// <summary>
/// The extensions this product acts on, decoded when the certificate is: afterwards nobody meets a malformed one
/// (RFC 5280 §4.2.1). Contents are read leniently where real CAs stray from DER, never where meaning could change.
/// </summary>
public sealed record KnownExtensions
{
    /// <summary>What the key may be used for; null when absent.</summary>
    public KeyUsages? KeyUsage { get; private set; }

    /// <summary>basicConstraints cA.</summary>
    public bool IsCa { get; private set; }

    /// <summary>basicConstraints pathLenConstraint.</summary>
    public int? PathLength { get; private set; }

    /// <summary>The key's identifier.</summary>
    public ReadOnlyMemory<byte>? SubjectKeyIdentifier { get; private set; }

    /// <summary>The issuer's key identifier.</summary>
    public ReadOnlyMemory<byte>? AuthorityKeyIdentifier { get; private set; }

    /// <summary>The purposes; empty when absent.</summary>
    public IReadOnlyList<string> ExtendedKeyUsage { get; private set; } = [];

    /// <summary>
    /// True where a purpose makes the holder a spokesman of its CA: it answers, registers or makes keys in the CA's name
    /// (CMP-C-4; RFC 6402 §2.10, RFC 9810 §4.5).
    /// </summary>
    public bool SpeaksForCa => ExtendedKeyUsage.Any(IsSpokesman);

    /// <summary>The alternative names; null when absent.</summary>
    public GeneralNames? SubjectAltName { get; private set; }

    /// <summary>True for a purpose that makes the holder a spokesman of its CA.</summary>
    public static bool IsSpokesman(string purpose) => purpose is Oids.CmcCa or Oids.CmcRa or Oids.CmcArchive or Oids.CmKga;

    /// <summary>Decodes those that are known.</summary>
    /// <exception cref="AsnContentException">One of them is malformed, or there twice.</exception>
    public static KnownExtensions Of(IEnumerable<CertificateExtension> extensions)
    {
        var known = new KnownExtensions();
        foreach (CertificateExtension extension in extensions)
        {
            known.Take(extension);
        }

        return known;
    }

    private void Take(CertificateExtension extension)
    {
        AsnReader reader = extension.Open();
        switch (extension.Oid)
        {
            case Oids.KeyUsage:
                KeyUsage = ReadKeyUsage(reader);
                break;
            case Oids.BasicConstraints:
                (IsCa, PathLength) = ReadBasicConstraints(reader);
                break;
            case Oids.SubjectKeyIdentifier:
                SubjectKeyIdentifier = reader.ReadOctets();
                break;
            case Oids.AuthorityKeyIdentifier:
                AuthorityKeyIdentifier = ReadAuthorityKeyIdentifier(reader);
                break;
            case Oids.ExtendedKeyUsage:
                ExtendedKeyUsage = ReadOids(reader);
                break;
            case Oids.SubjectAltName:
                SubjectAltName = GeneralNames.Decode(reader);
                break;
            default:
                return; // somebody else's, or nobody's
        }

        reader.ThrowIfNotEmpty();
    }

    /// <summary>RFC 5280 §4.2.1.3. Trailing zero bits, which DER forbids, and unknown bits are common and harmless.</summary>
    private static KeyUsages ReadKeyUsage(AsnReader reader)
    {
        ReadOnlySpan<byte> bits = reader.ReadBitString(out _);
        int flags = 0;
        for (int bit = 0; bit <= 8 && bit / 8 < bits.Length; bit++)
        {
            if ((bits[bit / 8] & (0x80 >> (bit % 8))) != 0)
            {
                flags |= 1 << bit;
            }
        }

        return (KeyUsages)flags;
    }

    /// <summary>RFC 5280 §4.2.1.9: SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL }</summary>
    private static (bool IsCa, int? PathLength) ReadBasicConstraints(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        bool isCa = fields.NextIs(Asn1Tag.Boolean) && fields.ReadBoolean();
        int? pathLength = null;
        if (fields.HasData)
        {
            pathLength = fields.TryReadInt32(out int length) && length >= 0
                ? length
                : throw new AsnContentException("basicConstraints: a path length that does not exist.");
        }

        fields.ThrowIfNotEmpty();
        return (isCa, pathLength);
    }

    /// <summary>RFC 5280 §4.2.1.1: only keyIdentifier [0] is used here; issuer [1] and serial [2] may follow.</summary>
    private static ReadOnlyMemory<byte>? ReadAuthorityKeyIdentifier(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        return fields.NextIsContext(0) ? fields.ReadOctets(new Asn1Tag(TagClass.ContextSpecific, 0)) : default(ReadOnlyMemory<byte>?); // a bare null would become empty memory
    }

    /// <summary>RFC 5280 §4.2.1.12.</summary>
    private static List<string> ReadOids(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        List<string> list = [];
        while (fields.HasData)
        {
            list.Add(fields.ReadObjectIdentifier());
            LimitExceededException.ThrowIfMore(list.Count, 64, "Extended key usages");
        }

        return list;
    }
}
