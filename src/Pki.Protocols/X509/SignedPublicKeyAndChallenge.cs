using System.Formats.Asn1;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.X509;

/// <summary>SPKAC: what the keygen element of browsers sent. A public key and a challenge, signed with the key.</summary>
/// <remarks>
/// SEQUENCE { publicKeyAndChallenge SEQUENCE { spki SubjectPublicKeyInfo, challenge IA5String }, signatureAlgorithm
/// AlgorithmIdentifier, signature BIT STRING }. Netscape's; no RFC ever took it up.
/// </remarks>
public sealed class SignedPublicKeyAndChallenge : IAsn1Value<SignedPublicKeyAndChallenge>
{
    private const int MaxLength = 32 * 1024;

    private readonly SignedFields signed;

    private SignedPublicKeyAndChallenge(ReadOnlyMemory<byte> encoded, SignedFields signed)
    {
        Encoded = encoded;
        this.signed = signed;
        AsnReader fields = signed.OpenToBeSigned();
        PublicKey = SubjectPublicKey.Decode(fields);
        Challenge = fields.ReadCharacterString(UniversalTagNumber.IA5String);
        fields.ThrowIfNotEmpty();
    }

    /// <summary>The whole structure as received.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>The key to be certified.</summary>
    public SubjectPublicKey PublicKey { get; }

    /// <summary>Chosen by the page that had the key made; may be empty. Whoever relies on it compares it.</summary>
    public string Challenge { get; }

    /// <inheritdoc />
    public static SignedPublicKeyAndChallenge Decode(AsnReader reader)
    {
        ReadOnlyMemory<byte> encoded = reader.ReadEncodedValue();
        LimitExceededException.ThrowIfMore(encoded.Length, MaxLength, "Octets of an SPKAC");
        return new(encoded, SignedFields.Decode(reader.Over(encoded)));
    }

    /// <summary>Makes and signs one.</summary>
    public static SignedPublicKeyAndChallenge Create(KeyPair key, SignatureAlgorithm algorithm, string challenge)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            key.Public.Encode(writer);
            writer.WriteCharacterString(UniversalTagNumber.IA5String, challenge);
        }

        byte[] tbs = writer.Encode();
        return Decode(new AsnReader(SignedStructure.Assemble(tbs, algorithm, key.Sign(tbs, algorithm)), AsnEncodingRules.DER));
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer) => writer.WriteEncodedValue(Encoded.Span);

    /// <summary>Proof of possession: signed with the key it carries.</summary>
    public bool VerifySignature() => PublicKey.Verify(signed.ToBeSigned.Span, signed.Signature.Span, signed.Algorithm);
}
