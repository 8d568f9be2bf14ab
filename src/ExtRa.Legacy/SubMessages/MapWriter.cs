using System.Text;
using ExtRa.Legacy.JavaStreams;

namespace ExtRa.Legacy.SubMessages;

/// <summary>The entries of one map, in the order they are added.</summary>
internal sealed class MapWriter(JavaMapKind kind)
{
    private const string B64Prefix = "B64:";

    private readonly List<KeyValuePair<string, object?>> entries = [];

    public void Add(string key, object? value) => entries.Add(new(key, value is string text ? Escape(text) : value));

    /// <summary>Octets as base64 in one line.</summary>
    public void AddOctets(string key, byte[]? octets) => entries.Add(new(key, octets is null ? null : Convert.ToBase64String(octets)));

    public JavaMap ToMap() => new(kind, entries);

    // A reader of 6.3 would take such a text for base64; wrapped once more it reads back what we say (WIRE.md 7.1).
    private string Escape(string text) => kind != JavaMapKind.HashMap && text.StartsWith(B64Prefix, StringComparison.Ordinal)
        ? B64Prefix + Convert.ToBase64String(Encoding.UTF8.GetBytes(text))
        : text;
}
