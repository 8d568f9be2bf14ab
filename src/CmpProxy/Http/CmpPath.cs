namespace CmpProxy.Http;

/// <summary>What the URL path of a call says (CMP-T-6 to T-10; RFC 9811 §3.3, RFC 9483 §6.1).</summary>
/// <param name="Name">The alias, or the name after <c>/p/</c>; null when the path has none.</param>
/// <param name="Label">The operation; null when the path has none.</param>
internal sealed record CmpPath(string? Name, OperationLabel? Label)
{
    private const string LegacyProxy = "cmpProxy";
    private const string VersionMark = LegacyProxy + "-";
    private const int MaxNameLength = 32;

    /// <summary>
    /// <c>/.well-known/cmp[/p/name][/operation]</c>, <c>/cmpProxy[-version][/alias]</c>,
    /// <c>/ejbca/publicweb/cmp[/alias]</c>, <c>/cmp[/alias]</c>; null for any other. Doubled slashes and one at the end do
    /// not matter, case does.
    /// </summary>
    /// <param name="path">Decoded once.</param>
    public static CmpPath? Parse(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries) switch
    {
        [".well-known", "cmp"] => new(null, null),
        [".well-known", "cmp", "p", var name] when IsName(name) => new(name, null),
        [".well-known", "cmp", "p", var name, var word] when IsName(name) && OperationLabel.Find(word) is { } label => new(name, label),
        [".well-known", "cmp", var word] when OperationLabel.Find(word) is { } label => new(null, label),
        ["cmp"] or ["ejbca", "publicweb", "cmp"] => new(null, null),
        ["cmp", var alias] when IsName(alias) => new(alias, null),
        ["ejbca", "publicweb", "cmp", var alias] when IsName(alias) => new(alias, null),
        [var proxy] when IsLegacyProxy(proxy) => new(null, null),
        [var proxy, var alias] when IsLegacyProxy(proxy) && IsName(alias) => new(alias, null),
        _ => null,
    };

    /// <summary>True for a word that may name an alias: <c>[A-Za-z0-9_.-]{1,32}</c>.</summary>
    public static bool IsName(string word) =>
        word.Length is > 0 and <= MaxNameLength && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private static bool IsLegacyProxy(string word) =>
        word == LegacyProxy || (word.StartsWith(VersionMark, StringComparison.Ordinal) && IsName(word[VersionMark.Length..]));
}
