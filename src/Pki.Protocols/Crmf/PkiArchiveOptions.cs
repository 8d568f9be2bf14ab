using System.Formats.Asn1;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.Crmf;

/// <summary>What the requester wants archived.</summary>
/// <remarks>
/// RFC 4211 §6.4: CHOICE { encryptedPrivKey [0] EncryptedKey, keyGenParameters [1] OCTET STRING,
/// archiveRemGenPrivKey [2] BOOLEAN }; EncryptedKey is a CHOICE, so [0] is explicit.
/// </remarks>
public abstract record PkiArchiveOptions : IAsn1Value<PkiArchiveOptions>
{
    private static readonly Asn1Tag ParametersTag = new(TagClass.ContextSpecific, 1);
    private static readonly Asn1Tag ArchiveTag = new(TagClass.ContextSpecific, 2);

    private PkiArchiveOptions()
    {
    }

    /// <summary>The private key, encrypted.</summary>
    /// <param name="Key">The encrypted key.</param>
    public sealed record EncryptedPrivateKey(EncryptedKey Key) : PkiArchiveOptions
    {
        /// <inheritdoc />
        public override void Encode(AsnWriter writer) => writer.WriteOptionalExplicit(0, Key);
    }

    /// <summary>From what the key can be made again.</summary>
    /// <param name="Octets">The parameters.</param>
    public sealed record KeyGenParameters(ReadOnlyMemory<byte> Octets) : PkiArchiveOptions
    {
        /// <inheritdoc />
        public override void Encode(AsnWriter writer) => writer.WriteOctetString(Octets.Span, ParametersTag);
    }

    /// <summary>Whether a key that the CA generates is to be archived.</summary>
    /// <param name="Wanted">True when it is.</param>
    public sealed record ArchiveGeneratedKey(bool Wanted) : PkiArchiveOptions
    {
        /// <inheritdoc />
        public override void Encode(AsnWriter writer) => writer.WriteBoolean(Wanted, ArchiveTag);
    }

    /// <inheritdoc />
    public static PkiArchiveOptions Decode(AsnReader reader) =>
        reader.NextIsContext(0) ? new EncryptedPrivateKey(reader.ReadExplicit<EncryptedKey>(0))
        : reader.NextIs(ParametersTag) ? new KeyGenParameters(reader.ReadOctets(ParametersTag))
        : new ArchiveGeneratedKey(reader.ReadBoolean(ArchiveTag));

    /// <inheritdoc />
    public abstract void Encode(AsnWriter writer);
}
