using System.Formats.Asn1;
using System.Numerics;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Crmf;

/// <summary>The parameters of PasswordBasedMac, as written. Whether they are acceptable is a question of MacLimits.</summary>
/// <param name="Salt">Goes into the first hash after the secret.</param>
/// <param name="OneWayFunction">The hash.</param>
/// <param name="IterationCount">How often it is applied, the first time included.</param>
/// <param name="Mac">The MAC that is computed with the result.</param>
/// <remarks>
/// RFC 4211 §4.4, RFC 9810 §5.1.3.1: SEQUENCE { salt OCTET STRING, owf AlgorithmIdentifier, iterationCount INTEGER, mac AlgorithmIdentifier }
/// </remarks>
public sealed record PbmParameter(ReadOnlyMemory<byte> Salt, AlgorithmIdentifier OneWayFunction, BigInteger IterationCount, AlgorithmIdentifier Mac) : IAsn1Value<PbmParameter>
{
    /// <inheritdoc />
    public static PbmParameter Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var value = new PbmParameter(fields.ReadOctets(), AlgorithmIdentifier.Decode(fields), fields.ReadBoundedInteger(), AlgorithmIdentifier.Decode(fields));
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteOctetString(Salt.Span);
            OneWayFunction.Encode(writer);
            writer.WriteInteger(IterationCount);
            Mac.Encode(writer);
        }
    }
}
