using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Crmf;

/// <summary>
/// What is signed in place of the CertRequest. Inside POPOSigningKey its tag is [0]; signed is the SEQUENCE it is by
/// itself (RFC 4211 §4.1: "the DER-encoded value of poposkInput"), which <see cref="Encoded"/> holds as received.
/// </summary>
/// <remarks>
/// RFC 4211 §4.1: SEQUENCE { authInfo CHOICE { sender [0] GeneralName, publicKeyMAC PKMACValue },
/// publicKey SubjectPublicKeyInfo }; GeneralName is a CHOICE, so [0] is explicit.
/// </remarks>
public sealed class PopoSigningKeyInput : IAsn1Value<PopoSigningKeyInput>
{
    private PopoSigningKeyInput(ReadOnlyMemory<byte> encoded, AsnReader fields)
    {
        Encoded = encoded;
        Sender = fields.ReadOptionalExplicit<GeneralName>(0);
        PublicKeyMac = Sender is null ? PkMacValue.Decode(fields) : null;
        PublicKey = SubjectPublicKey.Decode(fields);
        fields.ThrowIfNotEmpty();
    }

    /// <summary>The SEQUENCE that is signed.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>Who the requester says he is, having been authenticated; null when <see cref="PublicKeyMac"/> is there.</summary>
    public GeneralName? Sender { get; }

    /// <summary>A MAC over the public key with a shared secret; null when <see cref="Sender"/> is there.</summary>
    public PkMacValue? PublicKeyMac { get; }

    /// <summary>The key.</summary>
    public SubjectPublicKey PublicKey { get; }

    /// <summary>Makes one that names the sender.</summary>
    public static PopoSigningKeyInput Create(GeneralName sender, SubjectPublicKey publicKey) => Create(writer => writer.WriteOptionalExplicit(0, sender), publicKey);

    /// <summary>Makes one that carries a MAC over the key.</summary>
    public static PopoSigningKeyInput Create(PkMacValue publicKeyMac, SubjectPublicKey publicKey) => Create(publicKeyMac.Encode, publicKey);

    /// <inheritdoc />
    public static PopoSigningKeyInput Decode(AsnReader reader)
    {
        ReadOnlyMemory<byte> encoded = reader.ReadEncodedValue();
        return new(encoded, reader.Over(encoded).ReadSequence());
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer) => writer.WriteEncodedValue(Encoded.Span);

    private static PopoSigningKeyInput Create(Action<AsnWriter> authInfo, SubjectPublicKey publicKey)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            authInfo(writer);
            publicKey.Encode(writer);
        }

        return Decode(new AsnReader(writer.Encode(), AsnEncodingRules.DER));
    }
}
