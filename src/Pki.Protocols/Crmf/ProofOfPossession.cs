using System.Formats.Asn1;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.Crmf;

/// <summary>How the requester shows that the private key is his.</summary>
/// <remarks>
/// RFC 4211 §4: CHOICE { raVerified [0] NULL, signature [1] POPOSigningKey, keyEncipherment [2] POPOPrivKey,
/// keyAgreement [3] POPOPrivKey }; POPOPrivKey is a CHOICE, so the last two tags are explicit.
/// </remarks>
public abstract record ProofOfPossession : IAsn1Value<ProofOfPossession>
{
    private ProofOfPossession()
    {
    }

    /// <summary>The RA has seen to it, says the RA (CMP-C-22).</summary>
    public sealed record RaVerified : ProofOfPossession
    {
        /// <inheritdoc />
        public override void Encode(AsnWriter writer) => writer.WriteNull(new Asn1Tag(TagClass.ContextSpecific, 0));
    }

    /// <summary>A signature with the key.</summary>
    /// <param name="SigningKey">The signature and what is signed.</param>
    public sealed record Signature(PopoSigningKey SigningKey) : ProofOfPossession
    {
        /// <inheritdoc />
        public override void Encode(AsnWriter writer) => writer.WriteOptionalImplicit(1, SigningKey);
    }

    /// <summary>For keys that only decipher.</summary>
    /// <param name="Method">In which way.</param>
    public sealed record KeyEncipherment(PopoPrivKey Method) : ProofOfPossession
    {
        /// <inheritdoc />
        public override void Encode(AsnWriter writer) => writer.WriteOptionalExplicit(2, Method);
    }

    /// <summary>For keys that only agree.</summary>
    /// <param name="Method">In which way.</param>
    public sealed record KeyAgreement(PopoPrivKey Method) : ProofOfPossession
    {
        /// <inheritdoc />
        public override void Encode(AsnWriter writer) => writer.WriteOptionalExplicit(3, Method);
    }

    /// <inheritdoc />
    public static ProofOfPossession Decode(AsnReader reader)
    {
        Asn1Tag tag = reader.PeekTag();
        switch (tag.TagClass == TagClass.ContextSpecific ? tag.TagValue : -1)
        {
            case 0:
                reader.ReadNull(tag);
                return new RaVerified();
            case 1:
                return new Signature(reader.ReadOptionalImplicit<PopoSigningKey>(1)!);
            case 2:
                return new KeyEncipherment(reader.ReadExplicit<PopoPrivKey>(2));
            case 3:
                return new KeyAgreement(reader.ReadExplicit<PopoPrivKey>(3));
            default:
                throw new AsnContentException("A proof of possession has a tag that does not exist.");
        }
    }

    /// <inheritdoc />
    public abstract void Encode(AsnWriter writer);
}
