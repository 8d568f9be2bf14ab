using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Scep;

/// <summary>The body of a CertPoll. Clients fill it in differently, so nothing is decided by it (SCEP.md T-03).</summary>
/// <param name="Issuer">The CA, or what the client takes for it.</param>
/// <param name="Subject">The name that was asked for.</param>
/// <remarks>RFC 8894 §3.3.3: SEQUENCE { issuer Name, subject Name }</remarks>
public sealed record IssuerAndSubject(DistinguishedName Issuer, DistinguishedName Subject) : IAsn1Value<IssuerAndSubject>
{
    /// <inheritdoc />
    public static IssuerAndSubject Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var value = new IssuerAndSubject(DistinguishedName.Decode(fields), DistinguishedName.Decode(fields));
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            Issuer.Encode(writer);
            Subject.Encode(writer);
        }
    }
}
