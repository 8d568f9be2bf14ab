using System.Formats.Asn1;
using System.Text;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;

namespace Pki.Protocols.Crmf;

/// <summary>The value of regToken or authenticator: a text that must not be printed.</summary>
/// <param name="Secret">The UTF-8 of the text.</param>
/// <remarks>RFC 4211 §6.1, §6.2: UTF8String</remarks>
public sealed record SecretText(Secret Secret) : IAsn1Value<SecretText>
{
    private const int MaxLength = 1024;

    /// <inheritdoc />
    public static SecretText Decode(AsnReader reader)
    {
        string text = reader.ReadCharacterString(UniversalTagNumber.UTF8String);
        LimitExceededException.ThrowIfMore(Encoding.UTF8.GetByteCount(text), MaxLength, "Octets of a secret");
        return new(Secret.FromText(text));
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer) => Secret.LendText(text =>
    {
        writer.WriteCharacterString(UniversalTagNumber.UTF8String, text);
        return text.Length;
    });
}
