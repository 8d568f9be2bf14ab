using System.Formats.Asn1;
using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cms;

/// <summary>RSAES-OAEP-params (RFC 4055 §4.1), narrowed to MGF1 over the same digest and no label.</summary>
internal static class OaepParameters
{
    private static readonly byte[] EmptyLabel = [0x04, 0x00];

    /// <summary>The digest; null when the parameters ask for something this product does not do.</summary>
    public static HashAlgorithmName? ReadHash(AlgorithmIdentifier algorithm)
    {
        if (algorithm.Parameters is not { } parameters)
        {
            return HashAlgorithmName.SHA1; // Windows clients leave them out: all defaults (SCEP.md E-05)
        }

        var outer = new AsnReader(parameters, AsnEncodingRules.BER);
        AsnReader fields = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        string hash = fields.NextIsContext(0) ? AlgorithmIdentifier.Decode(fields.ReadExplicit(0)).Oid : Oids.Sha1;
        string mask = fields.NextIsContext(1) ? ReadMaskHash(AlgorithmIdentifier.Decode(fields.ReadExplicit(1))) : Oids.Sha1;
        bool hasLabel = fields.NextIsContext(2) && HasLabel(AlgorithmIdentifier.Decode(fields.ReadExplicit(2)));
        fields.ThrowIfNotEmpty();
        return hash == mask && !hasLabel && hash != Oids.Md5 ? HashAlgorithms.FromOid(hash) : null;
    }

    /// <summary>The algorithm with this digest.</summary>
    public static AlgorithmIdentifier Identifier(HashAlgorithmName hash)
    {
        AlgorithmIdentifier digest = AlgorithmIdentifier.WithNull(HashAlgorithms.ToOid(hash));
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            if (hash != HashAlgorithmName.SHA1)
            {
                // DER leaves defaults out, and SHA-1 is the default of both.
                WriteExplicit(writer, 0, digest);
                WriteExplicit(writer, 1, new(Oids.Mgf1, Der.Encode(digest)));
            }
        }

        return new(Oids.RsaOaep, writer.Encode());
    }

    private static void WriteExplicit(AsnWriter writer, int number, AlgorithmIdentifier algorithm)
    {
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, number)))
        {
            algorithm.Encode(writer);
        }
    }

    private static string ReadMaskHash(AlgorithmIdentifier mask) =>
        mask is { Oid: Oids.Mgf1, Parameters: { } parameters } ? AlgorithmIdentifier.Decode(new AsnReader(parameters, AsnEncodingRules.BER)).Oid : "";

    private static bool HasLabel(AlgorithmIdentifier source) =>
        source.Oid != Oids.OaepSourceSpecified || source.Parameters is not { } label || !label.Span.SequenceEqual(EmptyLabel);
}
