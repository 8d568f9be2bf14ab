using System.Buffers;
using System.Globalization;
using System.Text;

namespace ExtRa.Messages.Store;

/// <summary>
/// A stranger's text for logs and audit records: in one line, nothing invisible, not endless. Whoever writes rows past
/// our store must not be able to forge a line, or to hide or turn round what one says (FLAWS.md B6).
/// </summary>
public static class Printable
{
    private const int MaxLength = 1000;
    private const char Replacement = '\uFFFD';

    /// <summary>The text, with everything invisible replaced by U+FFFD.</summary>
    public static string Of(string text)
    {
        if (text.Length <= MaxLength && IsPrintable(text))
        {
            return text;
        }

        var clean = new StringBuilder(Math.Min(text.Length, MaxLength));
        foreach (Rune rune in text.EnumerateRunes()) // halves of surrogate pairs come as U+FFFD
        {
            if (clean.Length >= MaxLength)
            {
                clean.Append('…');
                break;
            }

            _ = IsInvisible(rune) ? clean.Append(Replacement) : clean.Append(rune.ToString());
        }

        return clean.ToString();
    }

    /// <summary>True when a text has no control, format or separator characters and no halves of surrogate pairs.</summary>
    public static bool IsPrintable(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out Rune rune, out int length) != OperationStatus.Done || IsInvisible(rune))
            {
                return false;
            }

            text = text[length..];
        }

        return true;
    }

    private static bool IsInvisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse;
}
