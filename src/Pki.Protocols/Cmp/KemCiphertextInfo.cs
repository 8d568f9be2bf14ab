using System.Formats.Asn1;
using System.Numerics;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cmp;

/// <summary>A shared secret, encapsulated to the recipient's key. Read and written; nothing here computes with it (CMP-S-18).</summary>
/// <param name="Kem">The mechanism.</param>
/// <param name="Ciphertext">The encapsulated secret.</param>
/// <remarks>RFC 9810 §5.3.19.18: KemCiphertextInfo ::= SEQUENCE { kem AlgorithmIdentifier, ct OCTET STRING }</remarks>
public sealed record KemCiphertextInfo(AlgorithmIdentifier Kem, ReadOnlyMemory<byte> Ciphertext) : IAsn1Value<KemCiphertextInfo>
{
    /// <inheritdoc />
    public static KemCiphertextInfo Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var value = new KemCiphertextInfo(AlgorithmIdentifier.Decode(fields), fields.ReadOctets());
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            Kem.Encode(writer);
            writer.WriteOctetString(Ciphertext.Span);
        }
    }
}

/// <summary>The parameters of KemBasedMac, as written.</summary>
/// <param name="Kdf">How the key is derived from the shared secret.</param>
/// <param name="Context">More input to the derivation.</param>
/// <param name="KeyLength">Octets of the derived key.</param>
/// <param name="Mac">The MAC.</param>
/// <remarks>
/// RFC 9810 §5.1.3.4: KemBMParameter ::= SEQUENCE { kdf AlgorithmIdentifier, kemContext [0] OCTET STRING OPTIONAL, len INTEGER (1..MAX), mac AlgorithmIdentifier }
/// </remarks>
public sealed record KemBmParameter(AlgorithmIdentifier Kdf, ReadOnlyMemory<byte>? Context, BigInteger KeyLength, AlgorithmIdentifier Mac) : IAsn1Value<KemBmParameter>
{
    private const int MaxContextLength = 4096;

    /// <inheritdoc />
    public static KemBmParameter Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var value = new KemBmParameter(
            AlgorithmIdentifier.Decode(fields),
            fields.ReadOptionalExplicitOctets(0, MaxContextLength, "Octets of kemContext"),
            fields.ReadBoundedInteger(),
            AlgorithmIdentifier.Decode(fields));
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            Kdf.Encode(writer);
            writer.WriteOptionalExplicitOctets(0, Context);
            writer.WriteInteger(KeyLength);
            Mac.Encode(writer);
        }
    }
}
