using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Crmf;

/// <summary>A signature that proves possession: over <see cref="Input"/>, or over the CertRequest when that is absent.</summary>
/// <param name="Input">What is signed when the template lacks subject or key.</param>
/// <param name="Algorithm">How.</param>
/// <param name="Signature">The signature.</param>
/// <remarks>
/// RFC 4211 §4.1: SEQUENCE { poposkInput [0] POPOSigningKeyInput OPTIONAL, algorithmIdentifier AlgorithmIdentifier,
/// signature BIT STRING }
/// </remarks>
public sealed record PopoSigningKey(PopoSigningKeyInput? Input, SignatureAlgorithm Algorithm, ReadOnlyMemory<byte> Signature) : IAsn1Value<PopoSigningKey>
{
    /// <inheritdoc />
    public static PopoSigningKey Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var value = new PopoSigningKey(
            fields.ReadOptionalImplicit<PopoSigningKeyInput>(0),
            SignatureAlgorithm.Decode(fields),
            fields.ReadWholeBitString());
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteOptionalImplicit(0, Input);
            Algorithm.Encode(writer);
            writer.WriteBitString(Signature.Span);
        }
    }
}
