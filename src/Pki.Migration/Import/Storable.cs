using System.Globalization;

namespace Pki.Migration.Import;

/// <summary>Texts that PostgreSQL takes: one that it refuses would stop the whole batch.</summary>
internal static class Storable
{
    /// <summary>No NUL and no half of a surrogate pair.</summary>
    public static bool Is(string? text) => text is null || (!text.Contains('\0', StringComparison.Ordinal) && HasWholeCharacters(text));

    private static bool HasWholeCharacters(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.GetUnicodeCategory(text[i]) == UnicodeCategory.Surrogate)
            {
                if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                {
                    return false;
                }

                i++;
            }
        }

        return true;
    }
}
