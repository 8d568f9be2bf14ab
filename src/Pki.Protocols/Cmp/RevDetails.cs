using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.Crmf;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cmp;

/// <summary>One certificate to be revoked.</summary>
/// <param name="Certificate">Which: issuer and serial number at least (CMP-O-40).</param>
/// <param name="CrlEntryDetails">reasonCode, invalidityDate and others, for the CRL entry; empty when absent.</param>
/// <param name="BadSinceDate">Written by clients of RFC 2510, where it was a field of its own (CMP-O-42); null otherwise.</param>
/// <remarks>RFC 9810 §5.3.9: SEQUENCE { certDetails CertTemplate, crlEntryDetails Extensions OPTIONAL }</remarks>
public sealed record RevDetails(CertTemplate Certificate, IReadOnlyList<CertificateExtension> CrlEntryDetails, DateTimeOffset? BadSinceDate = null) : IAsn1Value<RevDetails>
{
    /// <inheritdoc />
    public static RevDetails Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        CertTemplate certificate = CertTemplate.Decode(fields);
        DateTimeOffset? badSince = fields.NextIs(Asn1Tag.GeneralizedTime) ? fields.ReadAnyGeneralizedTime() : null;
        IReadOnlyList<CertificateExtension> details = fields.HasData ? CertificateExtension.DecodeList(fields) : [];
        fields.ThrowIfNotEmpty();
        return new(certificate, details, badSince);
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            Certificate.Encode(writer);
            if (BadSinceDate is { } badSince)
            {
                writer.WriteGeneralizedTime(badSince, omitFractionalSeconds: true);
            }

            if (CrlEntryDetails.Count > 0)
            {
                CertificateExtension.EncodeList(writer, CrlEntryDetails);
            }
        }
    }
}
