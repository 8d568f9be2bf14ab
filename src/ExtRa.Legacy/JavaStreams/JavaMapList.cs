using System.Buffers.Binary;
using System.Numerics;
using Pki.Protocols.JavaStreams;
using Pki.Protocols.Trust;

namespace ExtRa.Legacy.JavaStreams;

/// <summary>The stream of a message ↔ its maps: an <c>ArrayList</c> of maps of plain values (WIRE.md 6.2).</summary>
public static class JavaMapList
{
    private const int MaxNumberBytes = 1024;
    private const int MaxMaps = 1000;
    private const int MaxEntries = 1000;

    private static readonly JavaStreamReader Reader = new(JavaClasses.OfMessages, JavaStreamLimits.OfMessages);

    /// <summary>The maps of a message, in order; an empty list is one.</summary>
    public static Outcome<IReadOnlyList<JavaMap>> Read(ReadOnlyMemory<byte> stream) =>
        Reader.Read(stream).Succeeded(out JavaValue? top, out Refusal? refusal) ? Interpret(top) : refusal;

    /// <summary>The stream of maps, in the form that every legacy version reads (WIRE.md 6.5).</summary>
    public static byte[] Write(IReadOnlyList<JavaMap> maps) => new JavaStreamWriter().WriteList(maps);

    private static Outcome<IReadOnlyList<JavaMap>> Interpret(JavaValue top)
    {
        try
        {
            if (top is not JavaObject { Class: var of, Layers: [var layer] } || !ReferenceEquals(of, JavaClasses.ArrayList))
            {
                throw new JavaStreamException("the top object is no ArrayList");
            }

            if (layer.BlockData.Length != sizeof(int) || layer["size"].Bits != layer.Items.Count)
            {
                throw new JavaStreamException("a list does not hold what it says it holds");
            }

            if (layer.Items.Count > MaxMaps)
            {
                throw new JavaStreamException($"a list holds more than {MaxMaps} maps", isTooLarge: true);
            }

            // One map may be named many times (WIRE.md 6.2): it is made once.
            var known = new Dictionary<JavaValue, JavaMap>(ReferenceEqualityComparer.Instance);
            JavaMap[] maps = [.. layer.Items.Select(item => MapOf(item, known))];
            return maps.Sum(TextLength) <= JavaStreamLimits.OfMessages.Octets
                ? maps
                : new Refusal(RefusalCode.TooLarge, "The texts of a message are longer than the message: they are named again and again.");
        }
        catch (JavaStreamException wrong)
        {
            return new Refusal(wrong.IsTooLarge ? RefusalCode.TooLarge : RefusalCode.Malformed, $"Java stream: {wrong.Message}.");
        }
    }

    // A reference costs five bytes. Whoever reads the maps decodes the text it means each time.
    private static long TextLength(JavaMap map) => map.Entries.Sum(entry => entry.Value is string text ? (long)text.Length : 0);

    private static JavaMap MapOf(JavaValue? item, Dictionary<JavaValue, JavaMap> known)
    {
        if (item is not null && known.TryGetValue(item, out JavaMap? same))
        {
            return same;
        }

        if (item is not JavaObject { Class: var of } map || KindOf(of) is not { } kind || map.Layer(JavaClasses.HashMap) is not { } layer)
        {
            throw new JavaStreamException("a list holds something else than maps");
        }

        if (layer.BlockData.Length != 2 * sizeof(int) || layer.Items.Count % 2 != 0
            || BinaryPrimitives.ReadInt32BigEndian(layer.BlockData.Span[sizeof(int)..]) != layer.Items.Count / 2)
        {
            throw new JavaStreamException("a map does not hold what it says it holds");
        }

        if (layer.Items.Count / 2 > MaxEntries)
        {
            throw new JavaStreamException($"a map has more than {MaxEntries} entries", isTooLarge: true);
        }

        var entries = new KeyValuePair<string, object?>[layer.Items.Count / 2];
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < entries.Length; i++)
        {
            if (layer.Items[2 * i] is not JavaString name || !names.Add(name.Text))
            {
                throw new JavaStreamException("a map has a key that is no text, or one key twice");
            }

            entries[i] = new(name.Text, PlainOf(layer.Items[(2 * i) + 1]));
        }

        return known[item] = new(kind, entries);
    }

    private static JavaMapKind? KindOf(JavaClass of) =>
        ReferenceEquals(of, JavaClasses.HashMap) ? JavaMapKind.HashMap
        : ReferenceEquals(of, JavaClasses.LinkedHashMap) ? JavaMapKind.LinkedHashMap
        : ReferenceEquals(of, JavaClasses.Base64GetHashMap) ? JavaMapKind.Base64GetHashMap
        : null;

    private static object? PlainOf(JavaValue? value) => value switch
    {
        null => null,
        JavaString text => text.Text,
        JavaObject number when ReferenceEquals(number.Class, JavaClasses.BigInteger) => BigIntegerOf(number.Layers[^1]),
        JavaObject boxed => BoxedOf(boxed),
        _ => throw new JavaStreamException("a map holds a value of a kind that no submessage has"),
    };

    private static object BoxedOf(JavaObject boxed)
    {
        JavaClass of = boxed.Class;
        if (of.Fields is not [{ Name: "value" }])
        {
            throw new JavaStreamException($"a map holds a {of.Name}");
        }

        long bits = boxed.Layers[^1].Fields[0].Bits;
        return ReferenceEquals(of, JavaClasses.Integer) ? (int)bits
            : ReferenceEquals(of, JavaClasses.Long) ? bits
            : ReferenceEquals(of, JavaClasses.Float) ? BitConverter.Int32BitsToSingle((int)bits)
            : bits != 0;
    }

    private static BigInteger BigIntegerOf(JavaLayer layer)
    {
        long sign = layer["signum"].Bits;
        if (layer["magnitude"].Value is not JavaBytes { Octets: var magnitude } || layer.BlockData.Length > 0 || layer.Items.Count > 0
            || magnitude.Length > MaxNumberBytes || sign is < -1 or > 1 || (sign == 0) != (magnitude.Length == 0) || magnitude is [0, ..])
        {
            throw new JavaStreamException("a BigInteger is not written as Java writes it");
        }

        return sign * new BigInteger(magnitude, isUnsigned: true, isBigEndian: true);
    }
}
