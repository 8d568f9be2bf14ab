namespace ScepRaServer.Http;

/// <summary>What the URL path of a call says (SCEP.md U-01 to U-03).</summary>
/// <param name="Alias">The named alias, or null when the path names none.</param>
/// <param name="LeafOnly">
/// <c>/noca</c>: answers carry the issued certificate alone. Juniper devices refuse more, Cisco VPN clients want the chain.
/// </param>
internal sealed record ScepPath(string? Alias, bool LeafOnly)
{
    public const string LeafOnlyWord = "noca";
    public const string ProgramWord = "pkiclient.exe";

    private const int MaxAliasLength = 64;

    /// <summary>
    /// <c>[/scepraserver]/scep[/alias][/noca][/pkiclient.exe]*</c> and <c>/cgi-bin/pkiclient.exe</c>; null for any other.
    /// Cisco IOS appends <c>/pkiclient.exe</c> to whatever it was given, hence the repetition and the empty segments.
    /// </summary>
    public static ScepPath? Parse(string path)
    {
        var words = new Queue<string>(path.Split('/', StringSplitOptions.RemoveEmptyEntries));
        if (Take(words, "cgi-bin"))
        {
            return Take(words, ProgramWord) && EndsHere(words) ? new(null, LeafOnly: false) : null;
        }

        Take(words, "scepraserver");
        if (!Take(words, "scep"))
        {
            return null;
        }

        string? alias = words.TryPeek(out string? word) && !IsReserved(word) && IsAlias(word) ? words.Dequeue() : null;
        bool leafOnly = Take(words, LeafOnlyWord);
        return EndsHere(words) ? new(alias, leafOnly) : null;
    }

    /// <summary>True for a word that may name an alias: <c>[A-Za-z0-9._-]{1,64}</c>.</summary>
    public static bool IsAlias(string word) =>
        word.Length is > 0 and <= MaxAliasLength && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    /// <summary>True for a word that has a meaning of its own in a path.</summary>
    public static bool IsReserved(string word) => Is(word, LeafOnlyWord) || Is(word, ProgramWord);

    private static bool Take(Queue<string> words, string expected)
    {
        if (!words.TryPeek(out string? word) || !Is(word, expected))
        {
            return false;
        }

        words.Dequeue();
        return true;
    }

    private static bool EndsHere(Queue<string> words) => words.All(word => Is(word, ProgramWord));

    private static bool Is(string word, string expected) => word.Equals(expected, StringComparison.OrdinalIgnoreCase);
}
