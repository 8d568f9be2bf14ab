using System.Formats.Asn1;
using System.Security.Cryptography;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.X509;

/// <summary>RSASSA-PSS-params (RFC 4055 §3.1), narrowed to MGF1 over the same digest and trailer field 1.</summary>
internal sealed record PssParameters(HashAlgorithmName Hash, int SaltLength)
{
    private const int DefaultSaltLength = 20;
    private const int TrailerFieldBc = 1;

    /// <summary>Null when they ask for something this product does not do.</summary>
    public static PssParameters? Decode(ReadOnlyMemory<byte> encoded)
    {
        var outer = new AsnReader(encoded, AsnEncodingRules.BER);
        AsnReader fields = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        AlgorithmIdentifier hash = fields.NextIsContext(0) ? AlgorithmIdentifier.Decode(fields.ReadExplicit(0)) : new(Oids.Sha1);
        AlgorithmIdentifier? mask = fields.NextIsContext(1) ? AlgorithmIdentifier.Decode(fields.ReadExplicit(1)) : null;
        int salt = fields.NextIsContext(2) ? ReadSmall(fields.ReadExplicit(2)) : DefaultSaltLength;
        int trailer = fields.NextIsContext(3) ? ReadSmall(fields.ReadExplicit(3)) : TrailerFieldBc;
        fields.ThrowIfNotEmpty();

        string maskHash = MaskHash(mask);
        bool usual = hash.HasNoParameters && maskHash == hash.Oid && trailer == TrailerFieldBc && salt >= 0;
        return usual && HashAlgorithms.FromOid(hash.Oid) is { } name ? new PssParameters(name, salt) : null;
    }

    public static byte[] Encode(HashAlgorithmName hash, int saltLength)
    {
        AlgorithmIdentifier digest = AlgorithmIdentifier.WithNull(HashAlgorithms.ToOid(hash));
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            {
                digest.Encode(writer);
            }

            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1)))
            {
                new AlgorithmIdentifier(Oids.Mgf1, Der.Encode(digest)).Encode(writer);
            }

            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 2)))
            {
                writer.WriteInteger(saltLength);
            }
        }

        return writer.Encode();
    }

    private static string MaskHash(AlgorithmIdentifier? mask)
    {
        if (mask is null)
        {
            return Oids.Sha1;
        }

        if (mask.Oid != Oids.Mgf1 || mask.Parameters is not { } parameters)
        {
            return "";
        }

        return AlgorithmIdentifier.Decode(new AsnReader(parameters, AsnEncodingRules.BER)).Oid;
    }

    private static int ReadSmall(AsnReader field)
    {
        if (!field.TryReadInt32(out int value))
        {
            throw new AsnContentException("RSASSA-PSS parameters: a number out of range.");
        }

        field.ThrowIfNotEmpty();
        return value;
    }
}
