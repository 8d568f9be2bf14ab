using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.Crmf;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cmp;

/// <summary>A CA announces that it revokes or has revoked a certificate.</summary>
/// <param name="Status">Which of the two.</param>
/// <param name="Certificate">Which certificate.</param>
/// <param name="WillBeRevokedAt">When. The wire carries whole seconds.</param>
/// <param name="BadSince">Since when it is not to be trusted.</param>
/// <param name="CrlDetails">Of the CRL entry; empty when absent.</param>
/// <remarks>
/// RFC 9810 §5.3.15: SEQUENCE { status PKIStatus, certId CertId, willBeRevokedAt GeneralizedTime, badSinceDate
/// GeneralizedTime, crlDetails Extensions OPTIONAL }
/// </remarks>
public sealed record RevAnnContent(
    PkiStatus Status,
    CertId Certificate,
    DateTimeOffset WillBeRevokedAt,
    DateTimeOffset BadSince,
    IReadOnlyList<CertificateExtension> CrlDetails) : IAsn1Value<RevAnnContent>
{
    /// <inheritdoc />
    public static RevAnnContent Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var value = new RevAnnContent(
            PkiStatusInfo.ReadStatus(fields),
            CertId.Decode(fields),
            fields.ReadAnyGeneralizedTime(),
            fields.ReadAnyGeneralizedTime(),
            fields.HasData ? CertificateExtension.DecodeList(fields) : []);
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteInteger((int)Status);
            Certificate.Encode(writer);
            writer.WriteGeneralizedTime(WillBeRevokedAt, omitFractionalSeconds: true);
            writer.WriteGeneralizedTime(BadSince, omitFractionalSeconds: true);
            if (CrlDetails.Count > 0)
            {
                CertificateExtension.EncodeList(writer, CrlDetails);
            }
        }
    }
}
