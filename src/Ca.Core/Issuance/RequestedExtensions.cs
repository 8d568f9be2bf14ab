using System.Formats.Asn1;
using Ca.Core.Profiles;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Ca.Core.Issuance;

/// <summary>
/// Extensions that a request may bring with it, each behind its switch (CA_CORE §5.3). What would make the holder a CA,
/// or a spokesman of this one, never comes from a request.
/// </summary>
internal static class RequestedExtensions
{
    private static readonly string[] NeverFromRequests =
    [
        Oids.NameConstraints, Oids.PolicyConstraints, Oids.PolicyMappings, Oids.InhibitAnyPolicy,
        Oids.AuthorityKeyIdentifier, Oids.OcspNoCheck,
    ];

    /// <summary>Puts the permitted ones into the place of the profile's, with their own critical flag.</summary>
    public static void Apply(CertificateProfile profile, IReadOnlyList<CertificateExtension> requested, List<CertificateExtension> extensions)
    {
        foreach (CertificateExtension extension in requested)
        {
            bool switchedOn = extension.Oid == Oids.KeyUsage
                ? profile.AllowKeyUsageOverride || profile.AllowExtensionOverride
                : profile.AllowExtensionOverride;
            if (!switchedOn || IsDangerous(extension))
            {
                continue;
            }

            int there = extensions.FindIndex(e => e.Oid == extension.Oid);
            if (there >= 0)
            {
                extensions[there] = extension;
            }
            else
            {
                extensions.Add(extension);
            }
        }
    }

    private static bool IsDangerous(CertificateExtension extension)
    {
        try
        {
            var reader = new AsnReader(extension.Value, AsnEncodingRules.BER);
            return extension.Oid switch
            {
                Oids.BasicConstraints => IsCa(reader.ReadSequence()),
                Oids.KeyUsage => (KeyUsageOf(reader) & CertificateComposer.CaUsages) != KeyUsages.None,
                Oids.ExtendedKeyUsage => Purposes(reader.ReadSequence()).Any(p => p is Oids.OcspSigning or Oids.AnyExtendedKeyUsage || KnownExtensions.IsSpokesman(p)),
                var oid => NeverFromRequests.Contains(oid),
            };
        }
        catch (AsnContentException)
        {
            return true; // what cannot be read cannot be judged
        }
    }

    private static bool IsCa(AsnReader fields) => fields.HasData && fields.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && fields.ReadBoolean();

    private static KeyUsages KeyUsageOf(AsnReader reader)
    {
        byte[] bits = reader.ReadBitString(out _);
        var usages = KeyUsages.None;
        for (int bit = 0; bit <= 8 && bit / 8 < bits.Length; bit++)
        {
            usages |= (bits[bit / 8] & (0x80 >> (bit % 8))) != 0 ? (KeyUsages)(1 << bit) : KeyUsages.None;
        }

        return usages;
    }

    private static List<string> Purposes(AsnReader fields)
    {
        var purposes = new List<string>();
        while (fields.HasData)
        {
            purposes.Add(fields.ReadObjectIdentifier());
        }

        return purposes;
    }
}
