using System.Formats.Asn1;
using System.Numerics;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.Cmp;

/// <summary>The answer to certificate requests.</summary>
/// <param name="CaCertificates">caPubs: roots the requester may trust when the message is MACed; empty when absent.</param>
/// <param name="Responses">One for each request.</param>
/// <remarks>RFC 9810 §5.3.4: SEQUENCE { caPubs [1] SEQUENCE SIZE (1..MAX) OF CMPCertificate OPTIONAL, response SEQUENCE OF CertResponse }</remarks>
public sealed record CertRepMessage(IReadOnlyList<CmpCertificate> CaCertificates, IReadOnlyList<CertResponse> Responses) : IAsn1Value<CertRepMessage>
{
    /// <inheritdoc />
    public static CertRepMessage Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var value = new CertRepMessage(
            fields.ReadOptionalExplicitList<CmpCertificate>(1, CmpLimits.MaxCertificates, "Certificates of caPubs"),
            fields.ReadListOrEmpty<CertResponse>(CmpLimits.MaxResponses, "Responses"));
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteOptionalExplicitList(1, CaCertificates);
            writer.WriteList(Responses);
        }
    }
}

/// <summary>The answer to one certificate request.</summary>
/// <param name="RequestId">certReqId of the request; -1 for PKCS #10 (CMP-O-3).</param>
/// <param name="Status">What became of it.</param>
/// <param name="KeyPair">The certificate; null when there is none.</param>
/// <param name="Info">rspInfo; nobody uses it.</param>
/// <remarks>
/// RFC 9810 §5.3.4: SEQUENCE { certReqId INTEGER, status PKIStatusInfo, certifiedKeyPair CertifiedKeyPair OPTIONAL, rspInfo OCTET STRING OPTIONAL }
/// </remarks>
public sealed record CertResponse(BigInteger RequestId, PkiStatusInfo Status, CertifiedKeyPair? KeyPair = null, ReadOnlyMemory<byte>? Info = null) : IAsn1Value<CertResponse>
{
    /// <inheritdoc />
    public static CertResponse Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var value = new CertResponse(
            fields.ReadBoundedInteger(),
            PkiStatusInfo.Decode(fields),
            fields.ReadOptionalSequence<CertifiedKeyPair>(),
            fields.HasData ? fields.ReadOctets() : default(ReadOnlyMemory<byte>?)); // a bare null would become empty memory
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteInteger(RequestId);
            Status.Encode(writer);
            KeyPair?.Encode(writer);
            if (Info is { } info)
            {
                writer.WriteOctetString(info.Span);
            }
        }
    }
}
