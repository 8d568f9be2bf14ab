using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Crmf;

/// <summary>The old way to encrypt something: with a symmetric key that is encrypted to somebody. Deprecated for EnvelopedData.</summary>
/// <param name="IntendedAlgorithm">For which algorithm the encrypted key is.</param>
/// <param name="SymmetricAlgorithm">How the value is encrypted.</param>
/// <param name="EncryptedSymmetricKey">The encrypted symmetric key.</param>
/// <param name="KeyAlgorithm">How that key is encrypted.</param>
/// <param name="Hint">For the recipient, to find the right key.</param>
/// <param name="Encrypted">The encrypted value.</param>
/// <remarks>
/// RFC 4211 §6.4: SEQUENCE { intendedAlg [0] AlgorithmIdentifier OPTIONAL, symmAlg [1] AlgorithmIdentifier OPTIONAL,
/// encSymmKey [2] BIT STRING OPTIONAL, keyAlg [3] AlgorithmIdentifier OPTIONAL, valueHint [4] OCTET STRING OPTIONAL,
/// encValue BIT STRING }
/// </remarks>
public sealed record EncryptedValue(
    AlgorithmIdentifier? IntendedAlgorithm,
    AlgorithmIdentifier? SymmetricAlgorithm,
    ReadOnlyMemory<byte>? EncryptedSymmetricKey,
    AlgorithmIdentifier? KeyAlgorithm,
    ReadOnlyMemory<byte>? Hint,
    ReadOnlyMemory<byte> Encrypted) : IAsn1Value<EncryptedValue>
{
    private static readonly Asn1Tag KeyTag = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag HintTag = new(TagClass.ContextSpecific, 4);

    /// <inheritdoc />
    public static EncryptedValue Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var value = new EncryptedValue(
            fields.ReadOptionalImplicit<AlgorithmIdentifier>(0),
            fields.ReadOptionalImplicit<AlgorithmIdentifier>(1),
            fields.NextIs(KeyTag) ? fields.ReadWholeBitString(KeyTag) : default(ReadOnlyMemory<byte>?), // a bare null would become empty memory
            fields.ReadOptionalImplicit<AlgorithmIdentifier>(3),
            fields.NextIs(HintTag) ? fields.ReadOctets(HintTag) : default(ReadOnlyMemory<byte>?),
            fields.ReadWholeBitString());
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteOptionalImplicit(0, IntendedAlgorithm);
            writer.WriteOptionalImplicit(1, SymmetricAlgorithm);
            if (EncryptedSymmetricKey is { } key)
            {
                writer.WriteBitString(key.Span, tag: KeyTag);
            }

            writer.WriteOptionalImplicit(3, KeyAlgorithm);
            if (Hint is { } hint)
            {
                writer.WriteOctetString(hint.Span, HintTag);
            }

            writer.WriteBitString(Encrypted.Span);
        }
    }
}
