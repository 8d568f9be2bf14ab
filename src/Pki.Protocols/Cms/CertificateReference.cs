using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cms;

/// <summary>How a message names a signer's or a recipient's certificate: by issuer and serial number, or by key identifier.</summary>
/// <param name="IssuerAndSerial">The one way.</param>
/// <param name="KeyIdentifier">The other way; exactly one of the two is there.</param>
/// <remarks>
/// RFC 5652 §5.3 SignerIdentifier and §6.2.1 RecipientIdentifier are the same:
/// CHOICE { issuerAndSerialNumber IssuerAndSerialNumber, subjectKeyIdentifier [0] IMPLICIT OCTET STRING }
/// </remarks>
public sealed record CertificateReference(IssuerAndSerialNumber? IssuerAndSerial, ReadOnlyMemory<byte>? KeyIdentifier)
{
    private static readonly Asn1Tag KeyIdentifierTag = new(TagClass.ContextSpecific, 0);

    internal static CertificateReference Decode(AsnReader reader) =>
        reader.NextIs(KeyIdentifierTag) ? new(null, reader.ReadOctets(KeyIdentifierTag)) : new(IssuerAndSerialNumber.Decode(reader), null);

    /// <summary>By issuer and serial number: what every client reads.</summary>
    public static CertificateReference ByIssuer(Certificate certificate) => new(IssuerAndSerialNumber.Of(certificate), null);

    /// <summary>By its key identifier, as RFC 9483 §4.1.6 wants it; a certificate without one by issuer and serial number.</summary>
    public static CertificateReference ByKeyIdentifier(Certificate certificate) => certificate.SubjectKeyIdentifier is { } identifier ? new(null, identifier) : ByIssuer(certificate);

    /// <summary>Writes a SignerIdentifier or a RecipientIdentifier.</summary>
    internal void Encode(AsnWriter writer)
    {
        if (KeyIdentifier is { } identifier)
        {
            writer.WriteOctetString(identifier.Span, KeyIdentifierTag);
            return;
        }

        IssuerAndSerial!.Encode(writer);
    }

    /// <summary>Writes a KeyAgreeRecipientIdentifier (RFC 5652 §6.2.2), where the key identifier stands in a SEQUENCE: rKeyId.</summary>
    internal void EncodeForAgreement(AsnWriter writer)
    {
        if (KeyIdentifier is not { } identifier)
        {
            IssuerAndSerial!.Encode(writer);
            return;
        }

        using (writer.PushSequence(KeyIdentifierTag))
        {
            writer.WriteOctetString(identifier.Span);
        }
    }

    /// <summary>True for the certificate meant. A certificate without a key identifier has the usual one (RFC 5280 §4.2.1.2 method 1).</summary>
    public bool Names(Certificate certificate) => KeyIdentifier is { } identifier
        ? identifier.Span.SequenceEqual((certificate.SubjectKeyIdentifier ?? certificate.PublicKey.KeyIdentifier()).Span)
        : IssuerAndSerial is not null && IssuerAndSerial.Names(certificate);

    /// <inheritdoc />
    public override string ToString() => KeyIdentifier is { } identifier
        ? $"key identifier {Convert.ToHexStringLower(identifier.Span)}"
        : $"serial number {IssuerAndSerial?.Serial} of '{IssuerAndSerial?.Issuer}'";
}
