using System.Text;

namespace ScepRaServer.Http;

/// <summary>The two parameters of the query string that SCEP knows, percent-decoded exactly once (RFC 8894 §4.1).</summary>
/// <remarks>
/// Kestrel's own query parser turns '+' into a blank, which damages the base64 of jscep and of Apple's clients; so the
/// raw query is read here and '+' stays '+' (SCEP.md H-03, H-07, H-08).
/// </remarks>
/// <param name="Operation">The operation's name as sent, or null.</param>
/// <param name="Message">The message or CA identifier, or null.</param>
internal sealed record ScepQuery(string? Operation, string? Message)
{
    /// <summary>Reads a raw query string, with or without its question mark. The first of repeated parameters wins.</summary>
    public static ScepQuery Parse(string? rawQuery)
    {
        string? operation = null;
        string? message = null;
        foreach (Range range in rawQuery.AsSpan().TrimStart('?').Split('&'))
        {
            ReadOnlySpan<char> pair = rawQuery.AsSpan().TrimStart('?')[range];
            int equals = pair.IndexOf('=');
            ReadOnlySpan<char> name = equals < 0 ? pair : pair[..equals];
            ReadOnlySpan<char> value = equals < 0 ? [] : pair[(equals + 1)..];
            if (name.Equals("operation", StringComparison.OrdinalIgnoreCase))
            {
                operation ??= DecodePercent(value);
            }
            else if (name.Equals("message", StringComparison.OrdinalIgnoreCase))
            {
                message ??= DecodePercent(value);
            }
        }

        return new(operation, message);
    }

    // What is not a valid escape stays as it is; the base64 decoder will refuse the '%'.
    private static string DecodePercent(ReadOnlySpan<char> text)
    {
        if (text.IndexOf('%') < 0)
        {
            return text.ToString();
        }

        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, bytes);
        int to = 0;
        for (int from = 0; from < bytes.Length; from++, to++)
        {
            bool escape = bytes[from] == '%' && from + 2 < bytes.Length
                && char.IsAsciiHexDigit((char)bytes[from + 1]) && char.IsAsciiHexDigit((char)bytes[from + 2]);
            bytes[to] = escape ? (byte)((HexValue(bytes[from + 1]) << 4) | HexValue(bytes[from + 2])) : bytes[from];
            from += escape ? 2 : 0;
        }

        return Encoding.UTF8.GetString(bytes, 0, to);
    }

    private static int HexValue(byte digit) => char.IsAsciiDigit((char)digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
