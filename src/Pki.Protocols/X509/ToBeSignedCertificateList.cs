using System.Formats.Asn1;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.X509;

/// <summary>
/// TBSCertList of version 2 (RFC 5280 §5.1.2), written in one pass: the platform's builder takes twelve seconds for
/// a hundred thousand entries and knows no delta.
/// </summary>
/// <param name="SignatureAlgorithm">What the CA signs with.</param>
/// <param name="Issuer">The Name's DER: the octets of the signing certificate's subject.</param>
/// <param name="ThisUpdate">When it was made.</param>
/// <param name="NextUpdate">When the next will be there at the latest.</param>
/// <param name="Revoked">The entries, in any order.</param>
/// <param name="Extensions">AKI, number, delta indicator and so on: see <see cref="CertificateExtensions"/>.</param>
public sealed record ToBeSignedCertificateList(
    SignatureAlgorithm SignatureAlgorithm,
    ReadOnlyMemory<byte> Issuer,
    DateTimeOffset ThisUpdate,
    DateTimeOffset NextUpdate,
    IReadOnlyCollection<RevokedCertificate> Revoked,
    IReadOnlyList<CertificateExtension> Extensions)
{
    private const int Version2 = 1;
    private const int UsualEntryLength = 48;

    /// <summary>The encoding to sign.</summary>
    public byte[] Encode()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER, 1024 + (Revoked.Count * UsualEntryLength));
        using (writer.PushSequence())
        {
            writer.WriteInteger(Version2);
            SignatureAlgorithm.Encode(writer);
            writer.WriteEncodedValue(Issuer.Span);
            writer.WriteTime(ThisUpdate);
            writer.WriteTime(NextUpdate);
            if (Revoked.Count > 0) // RFC 5280 §5.1.2.6: absent, not empty
            {
                using (writer.PushSequence())
                {
                    foreach (RevokedCertificate entry in Revoked)
                    {
                        entry.Encode(writer);
                    }
                }
            }

            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            {
                CertificateExtension.EncodeList(writer, Extensions);
            }
        }

        return writer.Encode();
    }

    /// <summary>Encodes, signs and puts together: for a key at hand.</summary>
    public CertificateList Sign(KeyPair issuerKey)
    {
        byte[] tbs = Encode();
        byte[] encoded = SignedStructure.Assemble(tbs, SignatureAlgorithm, issuerKey.Sign(tbs, SignatureAlgorithm));
        return CertificateList.Decode(new AsnReader(encoded, AsnEncodingRules.DER));
    }
}
