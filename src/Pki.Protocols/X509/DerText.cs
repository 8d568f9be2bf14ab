using System.Text;
using Pki.Protocols.Trust;

namespace Pki.Protocols.X509;

/// <summary>DER that may have come as text: legacy clients send either in the same field.</summary>
public static class DerText
{
    private const byte Sequence = 0x30;
    private const int MaxLength = 64 * 1024;

    /// <summary>The bytes as they are when they begin like a SEQUENCE; otherwise what the PEM or base64 text holds.</summary>
    /// <param name="bytes">DER, or ASCII text.</param>
    /// <param name="labels">The PEM labels that are read.</param>
    public static Outcome<byte[]> Read(byte[] bytes, params IReadOnlyList<string> labels)
    {
        if (bytes.Length > MaxLength)
        {
            return new Refusal(RefusalCode.TooLarge, $"The request has more than {MaxLength} octets.");
        }

        if (bytes is [Sequence, ..])
        {
            return bytes;
        }

        string text = Encoding.Latin1.GetString(bytes);
        if (PemText.Find(text, [.. labels]) is { } der)
        {
            return der;
        }

        byte[] decoded = new byte[text.Length];
        return Convert.TryFromBase64String(text, decoded, out int written) && written > 0
            ? decoded[..written]
            : new Refusal(RefusalCode.Malformed, $"The request is neither DER, nor PEM of {string.Join(" or ", labels)}, nor base64.");
    }
}
