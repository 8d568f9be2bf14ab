namespace ExtRa.Legacy.JavaStreams;

/// <summary>Which class a map is of: the one thing in which versions of legacy programs differ on the wire (WIRE.md 6.3).</summary>
public enum JavaMapKind
{
    /// <summary><c>java.util.HashMap</c>: 4.0.</summary>
    HashMap,

    /// <summary><c>java.util.LinkedHashMap</c>: 6.3.</summary>
    LinkedHashMap,

    /// <summary><c>org.cesecore.util.Base64GetHashMap</c>: 6.3, read and saved again.</summary>
    Base64GetHashMap,
}

/// <summary>A map of names to plain values, in the order of the stream.</summary>
/// <param name="Kind">Its class.</param>
/// <param name="Entries">The entries; each value is null, string, int, long, float, bool or BigInteger. No name comes twice.</param>
public sealed record JavaMap(JavaMapKind Kind, IReadOnlyList<KeyValuePair<string, object?>> Entries)
{
    /// <summary>The value under a name; false when the name is not there.</summary>
    public bool TryGet(string name, out object? value)
    {
        foreach ((string key, object? found) in Entries)
        {
            if (key == name)
            {
                value = found;
                return true;
            }
        }

        value = null;
        return false;
    }
}
