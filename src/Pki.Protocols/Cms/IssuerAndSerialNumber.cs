using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cms;

/// <summary>Names a certificate by who issued it and under which number. Also the body of SCEP's GetCert and GetCRL (RFC 8894 §3.3.4, §3.3.5).</summary>
/// <param name="Issuer">The issuer, its octets as they came.</param>
/// <param name="Serial">The serial number.</param>
/// <remarks>RFC 5652 §10.2.4: SEQUENCE { issuer Name, serialNumber CertificateSerialNumber }</remarks>
public sealed record IssuerAndSerialNumber(DistinguishedName Issuer, SerialNumber Serial) : IAsn1Value<IssuerAndSerialNumber>
{
    /// <summary>What names this certificate.</summary>
    public static IssuerAndSerialNumber Of(Certificate certificate) => new(certificate.Issuer, certificate.Serial);

    /// <inheritdoc />
    public static IssuerAndSerialNumber Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var value = new IssuerAndSerialNumber(DistinguishedName.Decode(fields), SerialNumber.Decode(fields));
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

    /// <summary>True for the certificate meant. Names are compared as names: some clients write the issuer's strings in another type.</summary>
    public bool Names(Certificate certificate) => Serial.Equals(certificate.Serial) && Issuer.Equals(certificate.Issuer);
}
