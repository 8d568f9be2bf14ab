using System.Formats.Asn1;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.Crmf;

/// <summary>A request for one certificate, with the proof that its key is the requester's.</summary>
/// <param name="Request">What is asked for.</param>
/// <param name="Possession">The proof; null when there is none (CMP-C-23).</param>
/// <param name="RegistrationInfo">What else the requester wants to say; not under the proof.</param>
/// <remarks>
/// RFC 4211 §3: SEQUENCE { certReq CertRequest, popo ProofOfPossession OPTIONAL,
/// regInfo SEQUENCE SIZE(1..MAX) OF AttributeTypeAndValue OPTIONAL }
/// </remarks>
public sealed record CertReqMsg(CertRequest Request, ProofOfPossession? Possession, IReadOnlyList<AttributeTypeAndValue> RegistrationInfo) : IAsn1Value<CertReqMsg>
{
    /// <inheritdoc />
    public static CertReqMsg Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        CertRequest request = CertRequest.Decode(fields);
        ProofOfPossession? possession = fields.HasData && fields.PeekTag().TagClass == TagClass.ContextSpecific ? ProofOfPossession.Decode(fields) : null;
        IReadOnlyList<AttributeTypeAndValue> info = fields.HasData ? fields.ReadListOrEmpty<AttributeTypeAndValue>(CrmfLimits.MaxRegistrationInfos, "Items of regInfo") : [];
        fields.ThrowIfNotEmpty();
        return new(request, possession, info);
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            Request.Encode(writer);
            Possession?.Encode(writer);
            if (RegistrationInfo.Count > 0)
            {
                writer.WriteList(RegistrationInfo);
            }
        }
    }
}
