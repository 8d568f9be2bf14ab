using System.Formats.Asn1;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.X509;

/// <summary>Builds the extensions of a certificate that profiles speak of (RFC 5280 §4.2, CA_CORE.md §5.2).</summary>
public static partial class CertificateExtensions
{
    /// <summary>RFC 5280 §4.2.1.9. For an end entity the SEQUENCE is empty.</summary>
    public static CertificateExtension BasicConstraints(bool ca, int? pathLength = null, bool critical = true) => Build(Oids.BasicConstraints, critical, writer =>
    {
        using (writer.PushSequence())
        {
            if (ca)
            {
                writer.WriteBoolean(true);
                if (pathLength is { } length)
                {
                    writer.WriteInteger(length);
                }
            }
        }
    });

    /// <summary>RFC 5280 §4.2.1.3.</summary>
    public static CertificateExtension KeyUsage(KeyUsages usages, bool critical = true) =>
        Build(Oids.KeyUsage, critical, writer => writer.WriteNamedBitList(usages));

    /// <summary>RFC 5280 §4.2.1.12.</summary>
    public static CertificateExtension ExtendedKeyUsage(IEnumerable<string> purposes, bool critical = false) => Build(Oids.ExtendedKeyUsage, critical, writer =>
    {
        using (writer.PushSequence())
        {
            foreach (string purpose in purposes)
            {
                writer.WriteObjectIdentifier(purpose);
            }
        }
    });

    /// <summary>RFC 5280 §4.2.1.2, method 1: SHA-1 of the key.</summary>
    public static CertificateExtension SubjectKeyIdentifier(SubjectPublicKey key) => SubjectKeyIdentifier(key.KeyIdentifier());

    /// <summary>RFC 5280 §4.2.1.2 with a given identifier.</summary>
    public static CertificateExtension SubjectKeyIdentifier(ReadOnlySpan<byte> identifier)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteOctetString(identifier);
        return new(Oids.SubjectKeyIdentifier, Critical: false, writer.Encode());
    }

    /// <summary>RFC 5280 §4.2.1.1: the identifier the signer's own certificate states, or would state.</summary>
    public static CertificateExtension AuthorityKeyIdentifier(Certificate issuer) =>
        AuthorityKeyIdentifier((issuer.SubjectKeyIdentifier ?? issuer.PublicKey.KeyIdentifier()).Span);

    /// <summary>RFC 5280 §4.2.1.1 with a given identifier.</summary>
    public static CertificateExtension AuthorityKeyIdentifier(ReadOnlySpan<byte> identifier)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteOctetString(identifier, new Asn1Tag(TagClass.ContextSpecific, 0));
        }

        return new(Oids.AuthorityKeyIdentifier, Critical: false, writer.Encode());
    }

    /// <summary>RFC 5280 §4.2.1.6: critical when the subject is empty.</summary>
    public static CertificateExtension SubjectAltName(GeneralNames names, bool critical = false) => Build(Oids.SubjectAltName, critical, names.Encode);

    /// <summary>RFC 5280 §4.2.1.7.</summary>
    public static CertificateExtension IssuerAltName(GeneralNames names) => Build(Oids.IssuerAltName, critical: false, names.Encode);

    /// <summary>RFC 5280 §4.2.2.1: OCSP responders and places of the issuer's certificate.</summary>
    public static CertificateExtension AuthorityInformationAccess(IEnumerable<string> ocsp, IEnumerable<string> caIssuers) => Build(Oids.AuthorityInformationAccess, critical: false, writer =>
    {
        using (writer.PushSequence())
        {
            WriteAccess(writer, Oids.AccessOcsp, ocsp);
            WriteAccess(writer, Oids.AccessCaIssuers, caIssuers);
        }
    });

    /// <summary>RFC 6960 §4.2.2.2.1: clients need not ask whether this OCSP signer is revoked.</summary>
    public static CertificateExtension OcspNoCheck() => Build(Oids.OcspNoCheck, critical: false, writer => writer.WriteNull());

    /// <summary>RFC 5280 §4.2.1.10. Addresses in it are octets and mask, given as iPAddress=#hexadecimal.</summary>
    public static CertificateExtension NameConstraints(GeneralNames? permitted, GeneralNames? excluded, bool critical = true) => Build(Oids.NameConstraints, critical, writer =>
    {
        using (writer.PushSequence())
        {
            WriteSubtrees(writer, 0, permitted);
            WriteSubtrees(writer, 1, excluded);
        }
    });

    /// <summary>RFC 3280 §4.2.1.4, dropped by RFC 5280 but still configured: GeneralizedTime always.</summary>
    public static CertificateExtension PrivateKeyUsagePeriod(DateTimeOffset? notBefore, DateTimeOffset? notAfter) => Build(Oids.PrivateKeyUsagePeriod, critical: false, writer =>
    {
        using (writer.PushSequence())
        {
            if (notBefore is { } start)
            {
                writer.WriteGeneralizedTime(start, omitFractionalSeconds: true, new Asn1Tag(TagClass.ContextSpecific, 0));
            }

            if (notAfter is { } end)
            {
                writer.WriteGeneralizedTime(end, omitFractionalSeconds: true, new Asn1Tag(TagClass.ContextSpecific, 1));
            }
        }
    });

    /// <summary>RFC 3739 §3.2.6: statements, each an OID with an optional encoding of what it says.</summary>
    public static CertificateExtension QcStatements(IEnumerable<AlgorithmIdentifier> statements, bool critical = false) => Build(Oids.QcStatements, critical, writer =>
    {
        using (writer.PushSequence())
        {
            foreach (AlgorithmIdentifier statement in statements) // the same shape: OID and something defined by it
            {
                statement.Encode(writer);
            }
        }
    });

    /// <summary>RFC 5280 §4.2.1.8: attributes of the subject, each with its values.</summary>
    public static CertificateExtension SubjectDirectoryAttributes(IEnumerable<RequestAttribute> attributes) => Build(Oids.SubjectDirectoryAttributes, critical: false, writer =>
    {
        using (writer.PushSequence())
        {
            foreach (RequestAttribute attribute in attributes)
            {
                attribute.Encode(writer);
            }
        }
    });

    /// <summary>Microsoft's certificate template name.</summary>
    public static CertificateExtension MicrosoftTemplateName(string name) =>
        Build(Oids.MicrosoftTemplateName, critical: false, writer => writer.WriteCharacterString(UniversalTagNumber.BMPString, name));

    private static CertificateExtension Build(string oid, bool critical, Action<AsnWriter> write)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        write(writer);
        return new(oid, critical, writer.Encode());
    }

    private static void WriteAccess(AsnWriter writer, string method, IEnumerable<string> uris)
    {
        foreach (string uri in uris)
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(method);
                GeneralName.FromUri(uri).Encode(writer);
            }
        }
    }

    private static void WriteSubtrees(AsnWriter writer, int number, GeneralNames? names)
    {
        if (names is null || names.Names.Count == 0)
        {
            return;
        }

        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, number)))
        {
            foreach (GeneralName name in names.Names)
            {
                using (writer.PushSequence())
                {
                    name.Encode(writer);
                }
            }
        }
    }
}
