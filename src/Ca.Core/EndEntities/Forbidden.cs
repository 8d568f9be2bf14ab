using System.Buffers;

namespace Ca.Core.EndEntities;

/// <summary>Characters that must not be in names (CA_CORE §2.1). New data is refused, never rewritten.</summary>
internal static class Forbidden
{
    private static readonly SearchValues<char> InNames = SearchValues.Create("\n\r\0;!%`?$~");
    private static readonly SearchValues<char> InUsernames = SearchValues.Create("\n\r\0;!%`?$~<>");

    public static bool IsInName(string text) => text.AsSpan().ContainsAny(InNames);

    public static bool IsInUsername(string text) => text.AsSpan().ContainsAny(InUsernames);

    /// <summary>Cannot even be looked up: NUL, or half of a surrogate pair.</summary>
    public static bool IsUnusable(string? text)
    {
        for (int i = 0; i < (text?.Length ?? 0); i++)
        {
            if (text![i] == '\0')
            {
                return true;
            }

            if (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[++i])))
            {
                return true;
            }
        }

        return false;
    }
}
