using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.Crmf;

namespace Pki.Protocols.Cmp;

/// <summary>What a CA wants to see in a request: the value of certReqTemplate.</summary>
/// <param name="Template">Fields that must be filled in (empty here) or taken over (filled in here).</param>
/// <param name="KeySpecifications">Which keys: the controls algId and rsaKeyLen; empty when absent.</param>
/// <remarks>
/// RFC 9810 §5.3.19.16: CertReqTemplateContent ::= SEQUENCE { certTemplate CertTemplate, keySpec Controls OPTIONAL }
/// </remarks>
public sealed record CertReqTemplateContent(CertTemplate Template, IReadOnlyList<AttributeTypeAndValue> KeySpecifications) : IAsn1Value<CertReqTemplateContent>
{
    /// <inheritdoc />
    public static CertReqTemplateContent Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var value = new CertReqTemplateContent(
            CertTemplate.Decode(fields),
            fields.HasData ? fields.ReadListOrEmpty<AttributeTypeAndValue>(CrmfLimits.MaxControls, "Controls of keySpec") : []);
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            Template.Encode(writer);
            if (KeySpecifications.Count > 0)
            {
                writer.WriteList(KeySpecifications);
            }
        }
    }
}
