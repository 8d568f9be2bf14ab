using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.Crmf;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cmp;

/// <summary>The answer to a revocation request.</summary>
/// <param name="Statuses">One for each RevDetails, in the same order.</param>
/// <param name="Revoked">Which certificates, in the same order; empty when absent.</param>
/// <param name="Crls">The resulting CRLs; empty when absent.</param>
/// <remarks>
/// RFC 9810 §5.3.10: SEQUENCE { status SEQUENCE SIZE (1..MAX) OF PKIStatusInfo, revCerts [0] SEQUENCE SIZE (1..MAX) OF
/// CertId OPTIONAL, crls [1] SEQUENCE SIZE (1..MAX) OF CertificateList OPTIONAL }
/// </remarks>
public sealed record RevRepContent(IReadOnlyList<PkiStatusInfo> Statuses, IReadOnlyList<CertId> Revoked, IReadOnlyList<CertificateList> Crls) : IAsn1Value<RevRepContent>
{
    /// <inheritdoc />
    public static RevRepContent Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var value = new RevRepContent(
            fields.ReadList<PkiStatusInfo>(CmpLimits.MaxItems, "Statuses of a revocation"),
            fields.ReadOptionalExplicitList<CertId>(0, CmpLimits.MaxItems, "Revoked certificates"),
            fields.ReadOptionalExplicitList<CertificateList>(1, CmpLimits.MaxItems, "CRLs"));
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteList(Statuses);
            writer.WriteOptionalExplicitList(0, Revoked);
            writer.WriteOptionalExplicitList(1, Crls);
        }
    }
}
