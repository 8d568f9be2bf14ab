using System.Formats.Asn1;
using System.Numerics;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.X509;

/// <content>The extensions of CRLs, and those of certificates that say where CRLs are (RFC 5280 §4.2.1.13, §5.2).</content>
public static partial class CertificateExtensions
{
    /// <summary>RFC 5280 §4.2.1.13: one point for each URI, as EJBCA writes them; the CRL issuer only for indirect CRLs.</summary>
    public static CertificateExtension CrlDistributionPoints(IEnumerable<string> uris, DistinguishedName? crlIssuer = null, bool critical = false) =>
        Build(Oids.CrlDistributionPoints, critical, writer => WritePoints(writer, uris, crlIssuer));

    /// <summary>RFC 5280 §4.2.1.15, §5.2.6: where delta CRLs are.</summary>
    public static CertificateExtension FreshestCrl(IEnumerable<string> uris) => Build(Oids.FreshestCrl, critical: false, writer => WritePoints(writer, uris, null));

    /// <summary>RFC 5280 §5.2.3.</summary>
    public static CertificateExtension CrlNumber(BigInteger number) => Build(Oids.CrlNumber, critical: false, writer => writer.WriteInteger(number));

    /// <summary>RFC 5280 §5.2.4: critical; the number of the full CRL this one adds to.</summary>
    public static CertificateExtension DeltaCrlIndicator(BigInteger baseNumber) => Build(Oids.DeltaCrlIndicator, critical: true, writer => writer.WriteInteger(baseNumber));

    /// <summary>RFC 5280 §5.2.5: critical; the URIs are other names of the one place.</summary>
    public static CertificateExtension IssuingDistributionPoint(IEnumerable<string> uris, bool onlyUserCertificates = false, bool onlyCaCertificates = false) => Build(Oids.IssuingDistributionPoint, critical: true, writer =>
    {
        using (writer.PushSequence())
        {
            WritePointName(writer, [.. uris]);
            if (onlyUserCertificates)
            {
                writer.WriteBoolean(true, new Asn1Tag(TagClass.ContextSpecific, 1));
            }

            if (onlyCaCertificates)
            {
                writer.WriteBoolean(true, new Asn1Tag(TagClass.ContextSpecific, 2));
            }
        }
    });

    /// <summary>RFC 5280 §5.3.1.</summary>
    public static CertificateExtension ReasonCode(RevocationReason reason) => Build(Oids.CrlReason, critical: false, writer => writer.WriteEnumeratedValue(reason));

    /// <summary>RFC 5280 §5.3.2: GeneralizedTime always.</summary>
    public static CertificateExtension InvalidityDate(DateTimeOffset date) =>
        Build(Oids.InvalidityDate, critical: false, writer => writer.WriteGeneralizedTime(date, omitFractionalSeconds: true));

    private static void WritePoints(AsnWriter writer, IEnumerable<string> uris, DistinguishedName? crlIssuer)
    {
        using (writer.PushSequence())
        {
            foreach (string uri in uris)
            {
                using (writer.PushSequence())
                {
                    WritePointName(writer, [uri]);
                    if (crlIssuer is not null)
                    {
                        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 2)))
                        {
                            GeneralName.Directory(crlIssuer).Encode(writer);
                        }
                    }
                }
            }
        }
    }

    /// <summary>distributionPoint [0] { fullName [0] GeneralNames }</summary>
    private static void WritePointName(AsnWriter writer, string[] uris)
    {
        if (uris.Length == 0)
        {
            return;
        }

        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
        {
            foreach (string uri in uris)
            {
                GeneralName.FromUri(uri).Encode(writer);
            }
        }
    }
}
