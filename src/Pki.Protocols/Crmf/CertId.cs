using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Crmf;

/// <summary>Names a certificate by issuer and serial number.</summary>
/// <param name="Issuer">Who issued it.</param>
/// <param name="Serial">Under which number.</param>
/// <remarks>RFC 4211 §6.5: SEQUENCE { issuer GeneralName, serialNumber INTEGER }</remarks>
public sealed record CertId(GeneralName Issuer, SerialNumber Serial) : IAsn1Value<CertId>
{
    /// <summary>What names this certificate.</summary>
    public static CertId Of(Certificate certificate) => new(GeneralName.Directory(certificate.Issuer), certificate.Serial);

    /// <inheritdoc />
    public static CertId Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var value = new CertId(GeneralName.Decode(fields), SerialNumber.Decode(fields));
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            Issuer.Encode(writer);
            Serial.Encode(writer);
        }
    }
}
