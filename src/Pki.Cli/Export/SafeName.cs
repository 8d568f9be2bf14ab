using System.Globalization;
using System.Text;

namespace Pki.Cli.Export;

/// <summary>
/// Names of people's choosing as names of files and folders: letters, digits, blank, <c>-</c>, <c>_</c>, <c>.</c> stay, every
/// other octet becomes <c>%XX</c>, and so does a dot at the beginning. Different names stay different, and none leaves its folder.
/// </summary>
internal static class SafeName
{
    private const int MaxLength = 200; // octets; file systems end at 255

    public static string Of(string name)
    {
        var safe = new StringBuilder(name.Length);
        foreach (byte octet in Encoding.UTF8.GetBytes(name))
        {
            char c = (char)octet;
            if (char.IsAsciiLetterOrDigit(c) || c is '-' or '_' || (c is '.' or ' ' && safe.Length > 0))
            {
                safe.Append(c);
            }
            else
            {
                safe.Append(CultureInfo.InvariantCulture, $"%{octet:X2}");
            }
        }

        return safe.Length switch
        {
            0 => "%00",
            > MaxLength => $"{safe.ToString(0, MaxLength - 65)}%{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(name)))}",
            _ => safe.ToString(),
        };
    }
}
