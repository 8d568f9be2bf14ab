using System.Formats.Asn1;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.Cmp;

/// <summary>The answer to a key recovery request.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="NewSigningCertificate">A new certificate.</param>
/// <param name="CaCertificates">The CA's; empty when absent.</param>
/// <param name="KeyPairs">The recovered keys; empty when absent.</param>
/// <remarks>
/// RFC 9810 §5.3.8: SEQUENCE { status PKIStatusInfo, newSigCert [0] CMPCertificate OPTIONAL, caCerts [1] SEQUENCE SIZE
/// (1..MAX) OF CMPCertificate OPTIONAL, keyPairHist [2] SEQUENCE SIZE (1..MAX) OF CertifiedKeyPair OPTIONAL }
/// </remarks>
public sealed record KeyRecRepContent(
    PkiStatusInfo Status,
    CmpCertificate? NewSigningCertificate,
    IReadOnlyList<CmpCertificate> CaCertificates,
    IReadOnlyList<CertifiedKeyPair> KeyPairs) : IAsn1Value<KeyRecRepContent>
{
    /// <inheritdoc />
    public static KeyRecRepContent Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var value = new KeyRecRepContent(
            PkiStatusInfo.Decode(fields),
            fields.ReadOptionalExplicit<CmpCertificate>(0),
            fields.ReadOptionalExplicitList<CmpCertificate>(1, CmpLimits.MaxCertificates, "Certificates of caCerts"),
            fields.ReadOptionalExplicitList<CertifiedKeyPair>(2, CmpLimits.MaxCertificates, "Recovered keys"));
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            Status.Encode(writer);
            writer.WriteOptionalExplicit(0, NewSigningCertificate);
            writer.WriteOptionalExplicitList(1, CaCertificates);
            writer.WriteOptionalExplicitList(2, KeyPairs);
        }
    }
}
