using System.Formats.Asn1;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.X509;

/// <summary>
/// TBSCertificate of version 3 (RFC 5280 §4.1.2). Names and key are raw encodings on purpose: the issuer is the
/// octet-for-octet subject of the signing certificate, never a re-encoding of text (CA_CORE.md §2.1).
/// </summary>
/// <param name="Serial">Positive, at most 20 octets.</param>
/// <param name="SignatureAlgorithm">What the CA signs with; repeated outside.</param>
/// <param name="Issuer">The Name's DER.</param>
/// <param name="NotBefore">Whole seconds; fractions are cut.</param>
/// <param name="NotAfter">Whole seconds; fractions are cut.</param>
/// <param name="Subject">The Name's DER.</param>
/// <param name="PublicKey">SubjectPublicKeyInfo's DER.</param>
/// <param name="Extensions">In order; none twice.</param>
public sealed record ToBeSignedCertificate(
    SerialNumber Serial,
    SignatureAlgorithm SignatureAlgorithm,
    ReadOnlyMemory<byte> Issuer,
    DateTimeOffset NotBefore,
    DateTimeOffset NotAfter,
    ReadOnlyMemory<byte> Subject,
    ReadOnlyMemory<byte> PublicKey,
    IReadOnlyList<CertificateExtension> Extensions)
{
    private const int Version3 = 2;

    /// <summary>The encoding to sign.</summary>
    /// <exception cref="InvalidOperationException">Our own mistake: a serial number RFC 5280 forbids, or an extension twice.</exception>
    public byte[] Encode()
    {
        ThrowIfNotConforming();
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            {
                writer.WriteInteger(Version3);
            }

            Serial.Encode(writer);
            SignatureAlgorithm.Encode(writer);
            writer.WriteEncodedValue(Issuer.Span);
            using (writer.PushSequence())
            {
                writer.WriteTime(NotBefore);
                writer.WriteTime(NotAfter);
            }

            writer.WriteEncodedValue(Subject.Span);
            writer.WriteEncodedValue(PublicKey.Span);
            if (Extensions.Count > 0)
            {
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 3)))
                {
                    CertificateExtension.EncodeList(writer, Extensions);
                }
            }
        }

        return writer.Encode();
    }

    /// <summary>Encodes, signs and puts together: for keys at hand (tests, roots, RA certificates).</summary>
    public Certificate Sign(KeyPair issuerKey)
    {
        byte[] tbs = Encode();
        byte[] encoded = SignedStructure.Assemble(tbs, SignatureAlgorithm, issuerKey.Sign(tbs, SignatureAlgorithm));
        return Certificate.Decode(new AsnReader(encoded, AsnEncodingRules.DER));
    }

    private void ThrowIfNotConforming()
    {
        if (!Serial.IsConforming)
        {
            throw new InvalidOperationException($"The serial number {Serial} is not positive or longer than 20 octets (RFC 5280 §4.1.2.2).");
        }

        if (Extensions.DistinctBy(extension => extension.Oid, StringComparer.Ordinal).Count() != Extensions.Count)
        {
            throw new InvalidOperationException("An extension would occur twice (RFC 5280 §4.2).");
        }
    }
}
