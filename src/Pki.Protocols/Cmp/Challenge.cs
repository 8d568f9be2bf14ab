using System.Formats.Asn1;
using System.Numerics;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cmp;

/// <summary>A random number encrypted to the key whose possession is to be shown.</summary>
/// <param name="OneWayFunction">Hash for the witness; in the first challenge of a message, the others may leave it out.</param>
/// <param name="Witness">The hash of the number, by which the owner of the key recognises it.</param>
/// <param name="Encrypted">The <see cref="Rand"/>, encrypted to the key; empty with pvno 3.</param>
/// <param name="EncryptedRand">The same as EnvelopedData, complete; needs pvno 3.</param>
/// <remarks>
/// RFC 9810 §5.2.8.3.3: SEQUENCE { owf AlgorithmIdentifier OPTIONAL, witness OCTET STRING, challenge OCTET STRING,
/// encryptedRand [0] EnvelopedData OPTIONAL }
/// </remarks>
public sealed record Challenge(AlgorithmIdentifier? OneWayFunction, ReadOnlyMemory<byte> Witness, ReadOnlyMemory<byte> Encrypted, ReadOnlyMemory<byte>? EncryptedRand = null) : IAsn1Value<Challenge>
{
    /// <inheritdoc />
    public static Challenge Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var value = new Challenge(
            fields.ReadOptionalSequence<AlgorithmIdentifier>(),
            fields.ReadOctets(),
            fields.ReadOctets(),
            fields.NextIsContext(0) ? ReadEnveloped(fields.ReadExplicit(0)) : default(ReadOnlyMemory<byte>?)); // a bare null would become empty memory
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            OneWayFunction?.Encode(writer);
            writer.WriteOctetString(Witness.Span);
            writer.WriteOctetString(Encrypted.Span);
            if (EncryptedRand is { } enveloped)
            {
                using (writer.PushExplicit(0))
                {
                    writer.WriteEncodedValue(enveloped.Span);
                }
            }
        }
    }

    private static ReadOnlyMemory<byte> ReadEnveloped(AsnReader wrapper)
    {
        ReadOnlyMemory<byte> enveloped = wrapper.NextIs(Asn1Tag.Sequence) ? wrapper.ReadEncodedValue() : throw new AsnContentException("encryptedRand is not EnvelopedData.");
        wrapper.ThrowIfNotEmpty();
        return enveloped;
    }
}

/// <summary>What is in a challenge.</summary>
/// <param name="Number">The random number.</param>
/// <param name="Sender">Who sends the challenge, as in the header.</param>
/// <remarks>RFC 9810 §5.2.8.3.3: SEQUENCE { int INTEGER, sender GeneralName }</remarks>
public sealed record Rand(BigInteger Number, GeneralName Sender) : IAsn1Value<Rand>
{
    /// <inheritdoc />
    public static Rand Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var value = new Rand(fields.ReadBoundedInteger(), GeneralName.Decode(fields));
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteInteger(Number);
            Sender.Encode(writer);
        }
    }
}
