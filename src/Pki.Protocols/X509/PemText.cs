using System.Security.Cryptography;

namespace Pki.Protocols.X509;

/// <summary>Textual encodings (RFC 7468).</summary>
internal static class PemText
{
    /// <summary>The first block of a label; null when there is none.</summary>
    public static byte[]? Find(string text, params ReadOnlySpan<string> labels)
    {
        ReadOnlySpan<char> rest = text;
        while (PemEncoding.TryFind(rest, out PemFields fields))
        {
            string label = rest[fields.Label].ToString();
            if (labels.Contains(label))
            {
                return Decode(rest, fields);
            }

            rest = rest[fields.Location.End..];
        }

        return null;
    }

    /// <summary>All blocks of a label, in order.</summary>
    public static IReadOnlyList<byte[]> FindAll(string text, string label)
    {
        List<byte[]> found = [];
        ReadOnlySpan<char> rest = text;
        while (PemEncoding.TryFind(rest, out PemFields fields))
        {
            if (rest[fields.Label].SequenceEqual(label))
            {
                found.Add(Decode(rest, fields));
            }

            rest = rest[fields.Location.End..];
        }

        return found;
    }

    /// <summary>One block, with a final line end.</summary>
    public static string Write(string label, ReadOnlySpan<byte> encoded) => PemEncoding.WriteString(label, encoded) + "\n";

    private static byte[] Decode(ReadOnlySpan<char> text, PemFields fields)
    {
        byte[] decoded = new byte[fields.DecodedDataLength];
        Convert.TryFromBase64Chars(text[fields.Base64Data], decoded, out int written);
        return decoded[..written];
    }
}
