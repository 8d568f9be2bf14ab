using System.Text;

namespace Pki.Protocols.JavaStreams;

/// <summary>
/// Java's modified UTF-8: NUL as C0 80, each UTF-16 unit by itself, nothing longer than three bytes (WIRE.md 6.4).
/// </summary>
public static class ModifiedUtf8
{
    /// <summary>Decodes. Only the form that Java writes is accepted: a text has one encoding.</summary>
    /// <returns>The text, or null when the bytes are not modified UTF-8.</returns>
    public static string? Decode(ReadOnlySpan<byte> encoded)
    {
        if (Ascii.IsValid(encoded))
        {
            return encoded.Contains((byte)0) ? null : Encoding.ASCII.GetString(encoded);
        }

        int units = CountUnits(encoded);
        if (units < 0)
        {
            return null;
        }

        return string.Create(units, encoded, static (text, bytes) =>
        {
            int at = 0;
            for (int i = 0; i < text.Length; i++)
            {
                at += Read(bytes[at..], out text[i]);
            }
        });
    }

    /// <summary>How many bytes a text takes.</summary>
    public static int CountBytes(string text)
    {
        int count = 0;
        foreach (char unit in text)
        {
            count += Length(unit);
        }

        return count;
    }

    /// <summary>Encodes.</summary>
    public static byte[] Encode(string text)
    {
        byte[] encoded = new byte[CountBytes(text)];
        int at = 0;
        foreach (char unit in text)
        {
            switch (Length(unit))
            {
                case 1:
                    encoded[at++] = (byte)unit;
                    break;
                case 2:
                    encoded[at++] = (byte)(0xC0 | (unit >> 6));
                    encoded[at++] = (byte)(0x80 | (unit & 0x3F));
                    break;
                default:
                    encoded[at++] = (byte)(0xE0 | (unit >> 12));
                    encoded[at++] = (byte)(0x80 | ((unit >> 6) & 0x3F));
                    encoded[at++] = (byte)(0x80 | (unit & 0x3F));
                    break;
            }
        }

        return encoded;
    }

    private static int Length(char unit) => unit switch
    {
        '\0' => 2,
        < '\x80' => 1,
        < '\x800' => 2,
        _ => 3,
    };

    private static int CountUnits(ReadOnlySpan<byte> encoded)
    {
        int units = 0;
        for (int at = 0; at < encoded.Length; units++)
        {
            int length = Read(encoded[at..], out char unit);
            if (length == 0 || length != Length(unit))
            {
                return -1;
            }

            at += length;
        }

        return units;
    }

    /// <returns>How many bytes the unit took; 0 when it is not well formed.</returns>
    private static int Read(ReadOnlySpan<byte> from, out char unit)
    {
        switch (from)
        {
            case [< 0x80, ..]:
                unit = (char)from[0];
                return 1;
            case [>= 0xC0 and < 0xE0, >= 0x80 and < 0xC0, ..]:
                unit = (char)(((from[0] & 0x1F) << 6) | (from[1] & 0x3F));
                return 2;
            case [>= 0xE0 and < 0xF0, >= 0x80 and < 0xC0, >= 0x80 and < 0xC0, ..]:
                unit = (char)(((from[0] & 0x0F) << 12) | ((from[1] & 0x3F) << 6) | (from[2] & 0x3F));
                return 3;
            default:
                unit = '\0';
                return 0;
        }
    }
}
