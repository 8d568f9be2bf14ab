using System.Formats.Asn1;
using Ca.Core.Certificates;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Ca.Core.Issuance;

/// <summary>The part of the lint about extensions (RFC 5280 §4.2). That none occurs twice the decoder has seen to.</summary>
internal static class LintExtensions
{
    private static readonly string[] NeverCritical =
        [Oids.SubjectKeyIdentifier, Oids.AuthorityKeyIdentifier, Oids.AuthorityInformationAccess, Oids.FreshestCrl];

    private static readonly string[] OnlyInCas = [Oids.NameConstraints, Oids.PolicyConstraints, Oids.PolicyMappings, Oids.InhibitAnyPolicy];

    public static string? Check(IReadOnlyList<CertificateExtension> extensions, DistinguishedName subject, LintTarget target)
    {
        bool ca = target.Type != CertificateType.EndEntity;
        Dictionary<string, CertificateExtension> byOid = extensions.ToDictionary(e => e.Oid, StringComparer.Ordinal);
        CertificateExtension? critical = extensions.FirstOrDefault(e => e.Critical && NeverCritical.Contains(e.Oid));
        if (critical is not null)
        {
            return $"extension {critical.Oid} must not be critical.";
        }

        CertificateExtension? misplaced = extensions.FirstOrDefault(e => !ca && OnlyInCas.Contains(e.Oid));
        if (misplaced is not null)
        {
            return $"extension {misplaced.Oid} is for CA certificates only.";
        }

        return CheckConstraints(byOid, ca) ?? CheckIdentifiers(byOid, target) ?? CheckNames(byOid, subject, ca) ?? CheckPurposes(byOid);
    }

    /// <summary>§4.2.1.3 and §4.2.1.9 must tell the same story.</summary>
    private static string? CheckConstraints(Dictionary<string, CertificateExtension> byOid, bool ca)
    {
        bool saysCa = false;
        if (byOid.TryGetValue(Oids.BasicConstraints, out CertificateExtension? constraints))
        {
            AsnReader fields = Open(constraints).ReadSequence();
            saysCa = fields.HasData && fields.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && fields.ReadBoolean();
            if (fields.HasData && !saysCa)
            {
                return "pathLenConstraint without cA (§4.2.1.9).";
            }

            if (ca && !constraints.Critical)
            {
                return "basicConstraints of a CA must be critical (§4.2.1.9).";
            }
        }

        if (saysCa != ca)
        {
            return ca ? "a CA certificate must say cA (§4.2.1.9)." : "an end entity certificate must not say cA (§4.2.1.9).";
        }

        KeyUsages? usages = UsagesOf(byOid);
        if (usages == KeyUsages.None)
        {
            return "keyUsage has no bit set (§4.2.1.3).";
        }

        bool signs = usages is { } u && (u & KeyUsages.KeyCertSign) != KeyUsages.None;
        return signs == ca && (ca || ((usages ?? KeyUsages.None) & KeyUsages.CrlSign) == KeyUsages.None) ? null : "keyCertSign and cRLSign must stand with cA, and only with it (§4.2.1.3).";
    }

    /// <summary>§4.2.1.1 and §4.2.1.2: the chain of key identifiers.</summary>
    private static string? CheckIdentifiers(Dictionary<string, CertificateExtension> byOid, LintTarget target)
    {
        byte[]? own = byOid.TryGetValue(Oids.SubjectKeyIdentifier, out CertificateExtension? ski) ? Open(ski).ReadOctetString() : null;
        if (own is null && target.Type != CertificateType.EndEntity)
        {
            return "a CA certificate must have a subjectKeyIdentifier (§4.2.1.2).";
        }

        byte[]? expected = target.Signer is null ? own : target.Signer.SubjectKeyIdentifier?.ToArray();
        if (!byOid.TryGetValue(Oids.AuthorityKeyIdentifier, out CertificateExtension? aki))
        {
            return target.Signer is null ? null : "it has no authorityKeyIdentifier (§4.2.1.1).";
        }

        AsnReader fields = Open(aki).ReadSequence();
        byte[] named = fields.ReadOctetString(new Asn1Tag(TagClass.ContextSpecific, 0));
        return expected is null || named.AsSpan().SequenceEqual(expected) ? null : "authorityKeyIdentifier is not the signer's subjectKeyIdentifier (§4.2.1.1).";
    }

    /// <summary>§4.1.2.6 and §4.2.1.6: somebody must be named.</summary>
    private static string? CheckNames(Dictionary<string, CertificateExtension> byOid, DistinguishedName subject, bool ca)
    {
        bool hasAltNames = byOid.TryGetValue(Oids.SubjectAltName, out CertificateExtension? altNames);
        if (hasAltNames && CheckAltNames(Open(altNames!).ReadSequence()) is { } flaw)
        {
            return flaw;
        }

        if (!subject.IsEmpty)
        {
            return null;
        }

        if (ca)
        {
            return "a CA certificate must have a subject (§4.1.2.6).";
        }

        return hasAltNames && altNames!.Critical ? null : "without a subject there must be a critical subjectAltName (§4.2.1.6).";
    }

    private static string? CheckAltNames(AsnReader names)
    {
        if (!names.HasData)
        {
            return "subjectAltName is empty (§4.2.1.6).";
        }

        while (names.HasData)
        {
            Asn1Tag tag = names.PeekTag();
            string? flaw = tag.TagValue switch
            {
                1 or 2 or 6 => CheckText(names.ReadCharacterString(UniversalTagNumber.IA5String, tag)),
                7 => names.ReadOctetString(tag).Length is 4 or 16 ? null : "an iPAddress has neither 4 nor 16 octets (§4.2.1.6).",
                _ => Skip(names),
            };
            if (flaw is not null)
            {
                return flaw;
            }
        }

        return null;
    }

    private static string? CheckText(string text) =>
        text.Length == 0 || text.Any(c => c <= ' ' || c == 0x7F) ? "a name of subjectAltName is empty or has blanks (§4.2.1.6)." : null;

    private static string? Skip(AsnReader names)
    {
        names.ReadEncodedValue();
        return null;
    }

    private static string? CheckPurposes(Dictionary<string, CertificateExtension> byOid) =>
        byOid.TryGetValue(Oids.ExtendedKeyUsage, out CertificateExtension? purposes) && !Open(purposes).ReadSequence().HasData
            ? "extendedKeyUsage is empty (§4.2.1.12)."
            : null;

    private static KeyUsages? UsagesOf(Dictionary<string, CertificateExtension> byOid)
    {
        if (!byOid.TryGetValue(Oids.KeyUsage, out CertificateExtension? extension))
        {
            return null;
        }

        byte[] bits = Open(extension).ReadBitString(out _);
        var usages = KeyUsages.None;
        for (int bit = 0; bit <= 8 && bit / 8 < bits.Length; bit++)
        {
            usages |= (bits[bit / 8] & (0x80 >> (bit % 8))) != 0 ? (KeyUsages)(1 << bit) : KeyUsages.None;
        }

        return usages;
    }

    private static AsnReader Open(CertificateExtension extension) => new(extension.Value, AsnEncodingRules.BER);
}
