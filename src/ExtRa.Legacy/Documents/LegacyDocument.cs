using System.Text;
using ExtRa.Messages.Store;
using Pki.Protocols.Trust;

namespace ExtRa.Legacy.Documents;

/// <summary>
/// The XML around a legacy message: two booleans and base64, in the form that <c>java.beans.XMLEncoder</c> gives them
/// (WIRE.md 2). Read by a scanner of its own for exactly this form. There is no XML processor here that could meet an
/// entity, a DOCTYPE or an element that means a call (FLAWS.md A1, A4).
/// </summary>
/// <param name="Signed">The payload says it holds a SignedData. Protected by nothing.</param>
/// <param name="Encrypted">The payload says it is an EnvelopedData. Protected by nothing.</param>
/// <param name="Payload">The decoded base64.</param>
public sealed record LegacyDocument(bool Signed, bool Encrypted, byte[] Payload)
{
    /// <summary>Characters of one document: as much as a native message may have.</summary>
    public const int MaxLength = MessageLimits.MessageLength;

    // Readers ignore which Java wrote; any from 1.6.0_45 on will do (WIRE.md 2.2).
    private const string Head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<java version=\"1.8.0_181\" class=\"java.beans.XMLDecoder\">\n";

    /// <summary>True for a column that holds such a document, well formed or not; native columns are base64.</summary>
    public static bool Recognizes(string column)
    {
        ReadOnlySpan<char> start = column.AsSpan().TrimStart("\uFEFF \t\r\n");
        return (!start.IsEmpty && start[0] == '<') || IsNumber(column);
    }

    // What is left of a document in a large object that could not be read.
    private static bool IsNumber(string column) => column is { Length: > 0 and <= 10 } && column.All(char.IsAsciiDigit);

    /// <summary>Reads a document.</summary>
    /// <returns>TooLarge or Malformed; the detail names the place.</returns>
    public static Outcome<LegacyDocument> Read(string column)
    {
        if (column.Length > MaxLength)
        {
            return new Refusal(RefusalCode.TooLarge, $"The document has {column.Length} characters, the limit is {MaxLength}.");
        }

        if (IsNumber(column))
        {
            return new Refusal(RefusalCode.Malformed, $"The document is in the large object {column}, which is gone or not to be read by this role.");
        }

        var scanner = new DocumentScanner(column);
        return scanner.Read(out bool signed, out bool encrypted, out ReadOnlySpan<char> base64)
            ? Decode(base64) is { Length: > 0 } payload
                ? new LegacyDocument(signed, encrypted, payload)
                : new Refusal(RefusalCode.Malformed, "The text of the document is not base64, or empty.")
            : new Refusal(RefusalCode.Malformed, $"The document is not in the form of a legacy message: {scanner.Expected} is expected at character {scanner.Position}.");
    }

    /// <summary>Writes the document, to the byte as Java 7 and newer write it (WIRE.md 2.1).</summary>
    public string Write()
    {
        var text = new StringBuilder(Head, Head.Length + 128 + (Payload.Length * 4 / 3));
        text.Append(" <boolean>").Append(Signed ? "true" : "false").Append("</boolean>\n");
        text.Append(" <boolean>").Append(Encrypted ? "true" : "false").Append("</boolean>\n");
        return text.Append(" <string>").Append(Convert.ToBase64String(Payload)).Append("</string>\n</java>\n").ToString();
    }

    // Blanks and line ends are passed over, as legacy does; every other character outside the alphabet is refused (FLAWS.md A5).
    private static byte[]? Decode(ReadOnlySpan<char> base64)
    {
        byte[] decoded = new byte[base64.Length / 4 * 3];
        return Convert.TryFromBase64Chars(base64, decoded, out int written) ? decoded[..written] : null;
    }
}
