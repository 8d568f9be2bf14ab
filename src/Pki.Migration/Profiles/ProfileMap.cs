using System.Globalization;
using Pki.Migration.Xml;

namespace Pki.Migration.Profiles;

/// <summary>
/// The map of a profile document: who asks for a key has spoken for it; what nobody asked for goes into the report.
/// </summary>
internal sealed class ProfileMap(IReadOnlyDictionary<string, object?> map)
{
    private readonly Dictionary<string, object?> byName = new(map, StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> asked = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What was left out or changed.</summary>
    public List<string> Notes { get; } = [];

    public bool Flag(string key, bool otherwise = false) => Take(key) is bool flag ? flag : otherwise;

    public string? Text(string key) => Take(key) switch
    {
        string { Length: > 0 } text => text,
        long number => number.ToString(CultureInfo.InvariantCulture),
        JavaLong number => number.Value.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };

    public int? Number(string key) => Take(key) switch
    {
        long number => (int)number,
        JavaLong { Value: >= int.MinValue and <= int.MaxValue } number => (int)number.Value,
        string text when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) => number,
        _ => null,
    };

    public IReadOnlyList<object?> List(string key) => Take(key) as List<object?> ?? [];

    public IEnumerable<int> Numbers(string key) => List(key).Select(item => item switch
    {
        long number => (int?)number,
        string text when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) => number,
        _ => null,
    }).OfType<int>();

    /// <summary>Keys that need no word.</summary>
    public void Ignore(params IEnumerable<string> keys) => asked.UnionWith(keys);

    /// <summary>Keys that have no counterpart here: told where they are in use.</summary>
    public void Unsupported(string key)
    {
        if (Take(key) is not (null or false or "" or 0L or JavaLong { Value: 0 } or List<object?> { Count: 0 } or Dictionary<string, object?> { Count: 0 }))
        {
            Notes.Add($"{key} is in use and has no counterpart here.");
        }
    }

    /// <summary>Tells what nobody asked for.</summary>
    public void Finish() => Notes.AddRange(byName.Keys.Where(key => !asked.Contains(key)).Order(StringComparer.Ordinal).Select(key => $"{(key.Length <= 60 ? key : key[..60])}: not known, left out."));

    /// <summary>The value as it is; null: absent.</summary>
    public object? Value(string key) => Take(key);

    private object? Take(string key)
    {
        asked.Add(key);
        return byName.GetValueOrDefault(key);
    }
}
