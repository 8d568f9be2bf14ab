using System.Formats.Asn1;
using Pki.Protocols.Asn1;

namespace Ca.Core.Keys;

/// <summary>A secret as it lies in the CA database: encrypted to a key that never leaves its crypto token.</summary>
/// <param name="TokenId">The crypto token that opens it.</param>
/// <param name="Alias">The key-encryption key there; a CA may have another one by now.</param>
/// <param name="Label">A digest that tells what is inside.</param>
/// <param name="Encapsulated">RFC 9180 enc.</param>
/// <param name="Ciphertext">AES-256-GCM.</param>
/// <remarks>SEQUENCE { version INTEGER (1), tokenId INTEGER, alias UTF8String, label, encapsulated, ciphertext OCTET STRING }</remarks>
internal sealed record SealedBox(int TokenId, string Alias, byte[] Label, byte[] Encapsulated, byte[] Ciphertext) : IAsn1Value<SealedBox>
{
    private const int Version1 = 1;

    public static SealedBox Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        if (!fields.TryReadInt32(out int version) || version != Version1 || !fields.TryReadInt32(out int tokenId))
        {
            throw new AsnContentException("A sealed key has a version that does not exist.");
        }

        var value = new SealedBox(
            tokenId, fields.ReadCharacterString(UniversalTagNumber.UTF8String), fields.ReadOctetString(), fields.ReadOctetString(), fields.ReadOctetString());
        fields.ThrowIfNotEmpty();
        return value;
    }

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteInteger(Version1);
            writer.WriteInteger(TokenId);
            writer.WriteCharacterString(UniversalTagNumber.UTF8String, Alias);
            writer.WriteOctetString(Label);
            writer.WriteOctetString(Encapsulated);
            writer.WriteOctetString(Ciphertext);
        }
    }
}
