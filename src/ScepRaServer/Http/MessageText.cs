using System.Text;

namespace ScepRaServer.Http;

/// <summary>The textual forms in which clients send a CMS message (SCEP.md H-06, H-07).</summary>
internal static class MessageText
{
    private const byte SequenceTag = 0x30;
    private const string PemBegin = "-----BEGIN";
    private const string PemDashes = "-----";

    /// <summary>
    /// The bytes of a GET message: base64 with '+' (which a proxy may have made a blank) or base64url, with or without
    /// line breaks and padding. Null when it is not that.
    /// </summary>
    public static byte[]? DecodeQuery(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            switch (c)
            {
                case '\r' or '\n' or '\t':
                    break;
                case ' ' or '-':
                    clean.Append('+');
                    break;
                case '_':
                    clean.Append('/');
                    break;
                default:
                    clean.Append(c);
                    break;
            }
        }

        string digits = clean.ToString().TrimEnd('=');
        string padded = digits.PadRight((digits.Length + 3) / 4 * 4, '=');
        byte[] bytes = new byte[padded.Length / 4 * 3];
        return Convert.TryFromBase64String(padded, bytes, out int length) && length > 0 ? bytes[..length] : null;
    }

    /// <summary>
    /// The bytes of a POST body: as they are, unless they are base64 or PEM text. A CMS message begins with a SEQUENCE
    /// (0x30); base64 of one begins with 'M', PEM with '-'. Null when text is neither.
    /// </summary>
    public static ReadOnlyMemory<byte>? DecodeBody(ReadOnlyMemory<byte> body)
    {
        ReadOnlySpan<byte> trimmed = body.Span.TrimStart(" \r\n\t"u8);
        if (trimmed.Length == 0)
        {
            return null;
        }

        if (trimmed[0] == SequenceTag)
        {
            return body[(body.Length - trimmed.Length)..];
        }

        byte[]? decoded = DecodeQuery(WithoutPemFrame(Encoding.ASCII.GetString(trimmed)).Replace(" ", "", StringComparison.Ordinal));
        return decoded is null ? default(ReadOnlyMemory<byte>?) : decoded; // a bare null array would become empty memory
    }

    private static string WithoutPemFrame(string text)
    {
        if (!text.StartsWith(PemBegin, StringComparison.Ordinal))
        {
            return text;
        }

        int begin = text.IndexOf(PemDashes, PemBegin.Length, StringComparison.Ordinal);
        int end = begin < 0 ? -1 : text.IndexOf(PemDashes, begin + PemDashes.Length, StringComparison.Ordinal);
        return end < 0 ? "" : text[(begin + PemDashes.Length)..end];
    }
}
