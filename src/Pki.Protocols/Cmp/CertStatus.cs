using System.Formats.Asn1;
using System.Numerics;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cmp;

/// <summary>The requester accepts or rejects one certificate.</summary>
/// <param name="CertificateHash">The hash of the certificate: see <see cref="CertHash"/>.</param>
/// <param name="RequestId">certReqId of the request.</param>
/// <param name="Status">Absent means accepted.</param>
/// <param name="HashAlgorithm">Which hash, when the certificate's signature does not say; needs pvno 3 (CMP-O-23).</param>
/// <remarks>
/// RFC 9810 §5.3.18: SEQUENCE { certHash OCTET STRING, certReqId INTEGER, statusInfo PKIStatusInfo OPTIONAL, hashAlg [0] AlgorithmIdentifier OPTIONAL }
/// </remarks>
public sealed record CertStatus(ReadOnlyMemory<byte> CertificateHash, BigInteger RequestId, PkiStatusInfo? Status = null, AlgorithmIdentifier? HashAlgorithm = null) : IAsn1Value<CertStatus>
{
    /// <inheritdoc />
    public static CertStatus Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var value = new CertStatus(
            fields.ReadOctets(),
            fields.ReadBoundedInteger(),
            fields.ReadOptionalSequence<PkiStatusInfo>(),
            fields.ReadOptionalExplicit<AlgorithmIdentifier>(0));
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteOctetString(CertificateHash.Span);
            writer.WriteInteger(RequestId);
            Status?.Encode(writer);
            writer.WriteOptionalExplicit(0, HashAlgorithm);
        }
    }
}
