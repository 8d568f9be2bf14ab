using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cms;

/// <summary>
/// Writes SignedData. By hand because the platform's writer refuses empty content and sorts certificates, and old
/// clients care for both (SCEP.md B-07, G-03).
/// </summary>
internal static class SignedDataWriter
{
    private const byte SignedAttributesTag = 0xA0;

    public static byte[] Write(ReadOnlySpan<byte> content, CmsSigner signer, string contentType = Oids.Data)
    {
        byte[] attributes = CmsAttribute.EncodeSet(AttributesOf(content, signer, contentType));
        byte[] signature = signer.Key.Sign(attributes, SignatureAlgorithm.For(signer.Key.Public, signer.Digest));
        attributes[0] = SignedAttributesTag; // RFC 5652 §5.4: signed as a SET OF, carried as [0] IMPLICIT
        byte[] octets = content.ToArray();
        return ContentInfo.Write(Oids.SignedData, writer => WriteFields(writer, (contentType, octets), signer, attributes, signature));
    }

    private static void WriteFields(AsnWriter writer, (string Type, byte[] Octets) content, CmsSigner signer, byte[] attributes, byte[] signature)
    {
        AlgorithmIdentifier digest = AlgorithmIdentifier.WithNull(HashAlgorithms.ToOid(signer.Digest));
        using (writer.PushSequence())
        {
            writer.WriteInteger(content.Type == Oids.Data ? VersionOf(signer) : 3); // RFC 5652 §5.1
            using (writer.PushSetOf())
            {
                digest.Encode(writer);
            }

            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(content.Type);
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                {
                    writer.WriteOctetString(content.Octets);
                }
            }

            // Pushed as a SEQUENCE so that the order given stays (SCEP.md G-03, B-14).
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            {
                signer.Certificate.Encode(writer);
                foreach (Certificate extra in signer.ExtraCertificates)
                {
                    extra.Encode(writer);
                }
            }

            using (writer.PushSetOf())
            {
                WriteSigner(writer, digest, signer, attributes, signature);
            }
        }
    }

    private static void WriteSigner(AsnWriter writer, AlgorithmIdentifier digest, CmsSigner signer, byte[] attributes, byte[] signature)
    {
        using (writer.PushSequence())
        {
            writer.WriteInteger(VersionOf(signer));
            (signer.Name ?? CertificateReference.ByIssuer(signer.Certificate)).Encode(writer);
            digest.Encode(writer);
            writer.WriteEncodedValue(attributes);
            SignatureIdentifier(signer).Encode(writer);
            writer.WriteOctetString(signature);
        }
    }

    /// <summary>RFC 5652 §5.3: 1 by issuer and serial number, 3 by key identifier.</summary>
    private static int VersionOf(CmsSigner signer) => signer.Name?.KeyIdentifier is null ? 1 : 3;

    /// <summary>RSA signs under the OID rsaEncryption: strongSwan refuses the others (SCEP.md B-04).</summary>
    private static AlgorithmIdentifier SignatureIdentifier(CmsSigner signer) => signer.Key.IsRsa
        ? AlgorithmIdentifier.WithNull(Oids.RsaEncryption)
        : SignatureAlgorithm.Ecdsa(signer.Digest).Identifier;

    private static List<CmsAttribute> AttributesOf(ReadOnlySpan<byte> content, CmsSigner signer, string contentType)
    {
        List<CmsAttribute> attributes =
        [
            new(Oids.ContentType, Encode(writer => writer.WriteObjectIdentifier(contentType))),
            OctetString(Oids.MessageDigest, HashAlgorithms.Compute(signer.Digest, content)),
            .. signer.SignedAttributes,
        ];
        if (signer.SigningTime is { } time)
        {
            attributes.Add(new(Oids.SigningTime, Encode(writer => writer.WriteTime(time))));
        }

        return attributes;
    }

    private static CmsAttribute OctetString(string oid, byte[] octets) => new(oid, Encode(writer => writer.WriteOctetString(octets)));

    private static byte[] Encode(Action<AsnWriter> write)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        write(writer);
        return writer.Encode();
    }
}
