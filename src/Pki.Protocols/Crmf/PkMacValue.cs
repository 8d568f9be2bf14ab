using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Crmf;

/// <summary>A MAC over a public key.</summary>
/// <param name="Algorithm">How it is computed: PasswordBasedMac with its parameters.</param>
/// <param name="Value">The MAC.</param>
/// <remarks>RFC 4211 §4.1: SEQUENCE { algId AlgorithmIdentifier, value BIT STRING }</remarks>
public sealed record PkMacValue(AlgorithmIdentifier Algorithm, ReadOnlyMemory<byte> Value) : IAsn1Value<PkMacValue>
{
    /// <inheritdoc />
    public static PkMacValue Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var value = new PkMacValue(AlgorithmIdentifier.Decode(fields), fields.ReadWholeBitString());
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            Algorithm.Encode(writer);
            writer.WriteBitString(Value.Span);
        }
    }
}
