using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cmp;

/// <summary>
/// A certificate as it travels. It is parsed when somebody asks: one certificate among extraCerts that nobody needs and
/// nobody can read must not spoil the message (CMP-S-12).
/// </summary>
/// <param name="Encoded">The certificate's octets.</param>
/// <remarks>RFC 9810 §5.1: CMPCertificate ::= CHOICE { x509v3PKCert Certificate }</remarks>
public sealed record CmpCertificate(ReadOnlyMemory<byte> Encoded) : IAsn1Value<CmpCertificate>
{
    /// <summary>A certificate that is parsed already.</summary>
    public static CmpCertificate Of(Certificate certificate) => new(certificate.Encoded);

    /// <inheritdoc />
    public static CmpCertificate Decode(AsnReader reader) => reader.NextIs(Asn1Tag.Sequence)
        ? new(reader.ReadEncodedValue())
        : throw new AsnContentException("A certificate is not a SEQUENCE.");

    /// <inheritdoc />
    public void Encode(AsnWriter writer) => writer.WriteEncodedValue(Encoded.Span);

    /// <summary>The certificate, parsed.</summary>
    public Outcome<Certificate> Read() => Der.DecodeBer<Certificate>(Encoded);
}
