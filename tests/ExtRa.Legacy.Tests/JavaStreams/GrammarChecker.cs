using System.Globalization;
using System.Numerics;
using System.Text;

namespace ExtRa.Legacy.Tests.JavaStreams;

/// <summary>
/// A second reader of the grammar of WIRE.md 6.2, for what we write: it shares no code with the product, knows nothing but
/// the two lists and the maps, and throws at the first byte that is not exactly as the grammar has it.
/// </summary>
internal sealed class GrammarChecker(byte[] stream)
{
    private readonly List<object> handles = [];
    private int at;

    /// <summary>For each map its class and its entries as <c>key=Type:value</c>.</summary>
    public static List<(string Class, List<string> Entries)> Check(byte[] stream)
    {
        var checker = new GrammarChecker(stream);
        checker.Expect(0xAC, 0xED, 0x00, 0x05, 0x73);
        Require(checker.Descriptor() == "java.util.ArrayList(I size)<-", "list");
        checker.handles.Add("list");
        int size = checker.I4();
        checker.Expect(0x77, 0x04);
        Require(checker.I4() >= size, "the capacity is below the size");
        List<(string, List<string>)> maps = [.. Enumerable.Range(0, size).Select(_ => checker.Map())];
        checker.Expect(0x78);
        Require(checker.at == stream.Length, "bytes are left");
        return maps;
    }

    private (string Class, List<string> Entries) Map()
    {
        Expect(0x73);
        string descriptor = Descriptor();
        const string hash = "java.util.HashMap(F loadFactor,I threshold)<-";
        const string linked = $"java.util.LinkedHashMap(Z accessOrder)<-{hash}";
        Require(descriptor is hash or linked, descriptor);
        handles.Add("map");
        Require(I4() == 0x3F400000, "load factor");
        int threshold = I4();
        Expect(0x77, 0x08);
        int buckets = I4();
        int count = I4();
        Require(buckets >= 16 && BitOperations.IsPow2(buckets) && threshold == buckets * 3 / 4 && threshold >= count, "buckets");
        List<string> entries = [.. Enumerable.Range(0, count).Select(_ => $"{Text(Value())}={Value()}")];
        Expect(0x78);
        if (descriptor == linked)
        {
            Expect(0x00);
        }

        return (descriptor[..descriptor.IndexOf('(', StringComparison.Ordinal)], entries);
    }

    private string Value()
    {
        byte code = stream[at++];
        switch (code)
        {
            case 0x70:
                return "null:";
            case 0x71:
                return handles[Handle()] as string is { } known && known.Contains(':', StringComparison.Ordinal) ? known : throw new InvalidDataException("reference to no value");
            case 0x74:
                return Remember("String:" + Mutf8(U2()));
            case 0x7C:
                int high = I4();
                int length = I4();
                Require(high == 0 && length > 65535, "long string");
                return Remember("String:" + Mutf8(length));
            case 0x73:
                return Object();
            default:
                throw new InvalidDataException($"type code {code:X2} at {at - 1}");
        }
    }

    private string Object()
    {
        string descriptor = Descriptor();
        int handle = handles.Count;
        handles.Add("");
        string value = descriptor switch
        {
            "java.lang.Integer(I value)<-java.lang.Number()<-" => "Integer:" + I4().ToString(CultureInfo.InvariantCulture),
            "java.lang.Long(J value)<-java.lang.Number()<-" => "Long:" + unchecked((long)U8()).ToString(CultureInfo.InvariantCulture),
            "java.lang.Float(F value)<-java.lang.Number()<-" => "Float:" + BitConverter.Int32BitsToSingle(I4()).ToString("0.0", CultureInfo.InvariantCulture),
            "java.lang.Boolean(Z value)<-" => "Boolean:" + (stream[at++] == 1 ? "true" : "false"),
            "java.math.BigInteger(I bitCount,I bitLength,I firstNonzeroByteNum,I lowestSetBit,I signum,[B magnitude)<-java.lang.Number()<-" => Big(),
            _ => throw new InvalidDataException(descriptor),
        };
        handles[handle] = value;
        return value;
    }

    private string Big()
    {
        Require(I4() == -1 && I4() == -1 && I4() == -2 && I4() == -2, "caches");
        int sign = I4();
        Expect(0x75);
        Require(Descriptor() == "[B()<-", "magnitude");
        handles.Add("bytes");
        int length = I4();
        BigInteger magnitude = BigInteger.Zero;
        foreach (byte octet in stream.AsSpan(at, length))
        {
            magnitude = (magnitude * 256) + octet;
        }

        Require(length == 0 || stream[at] != 0, "leading zero");
        at += length;
        Expect(0x78);
        return "BigInteger:" + (sign * magnitude).ToString(CultureInfo.InvariantCulture);
    }

    private string Descriptor()
    {
        byte code = stream[at++];
        if (code == 0x70)
        {
            return "";
        }

        if (code == 0x71)
        {
            return (handles[Handle()] as StringBuilder ?? throw new InvalidDataException("reference to no descriptor")).ToString();
        }

        Require(code == 0x72, "descriptor");
        string name = Mutf8(U2());
        ulong uid = U8();
        Require(Uids[name] == uid, name);
        var text = new StringBuilder();
        handles.Add(text);
        byte flags = stream[at++];
        Require(flags == (name is "java.util.ArrayList" or "java.util.HashMap" or "java.math.BigInteger" ? 3 : 2), "flags");
        List<string> fields = [.. Enumerable.Range(0, U2()).Select(_ => Field())];
        Expect(0x78);
        text.Append(CultureInfo.InvariantCulture, $"{name}({string.Join(',', fields)})<-").Append(Descriptor());
        return text.ToString();
    }

    private string Field()
    {
        char code = (char)stream[at++];
        string name = Mutf8(U2());
        return code == '[' ? $"{Text(Value())} {name}" : $"{code} {name}";
    }

    private static string Text(string value) => value.StartsWith("String:", StringComparison.Ordinal) ? value["String:".Length..] : throw new InvalidDataException("no text");

    private string Remember(string value)
    {
        handles.Add(value);
        return value;
    }

    private int Handle()
    {
        int handle = I4() - 0x7E0000;
        Require(handle >= 0 && handle < handles.Count, "handle");
        return handle;
    }

    private string Mutf8(int length)
    {
        var text = new StringBuilder();
        int end = at + length;
        while (at < end)
        {
            int first = stream[at++];
            Require(first != 0, "a bare zero");
            int unit = first < 0x80 ? first
                : first < 0xE0 ? ((first & 0x1F) << 6) | (stream[at++] & 0x3F)
                : ((first & 0x0F) << 12) | ((stream[at++] & 0x3F) << 6) | (stream[at++] & 0x3F);
            text.Append((char)unit);
        }

        Require(at == end, "a text ends inside a character");
        return text.ToString();
    }

    private int U2() => (stream[at++] << 8) | stream[at++];

    private int I4() => unchecked((U2() << 16) | U2());

    private ulong U8() => unchecked(((ulong)(uint)I4() << 32) | (uint)I4());

    private void Expect(params byte[] bytes)
    {
        foreach (byte expected in bytes)
        {
            Require(stream[at++] == expected, $"{expected:X2} is expected at {at - 1}");
        }
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidDataException(what);
        }
    }

    private static readonly Dictionary<string, ulong> Uids = new(StringComparer.Ordinal)
    {
        ["java.util.ArrayList"] = 0x7881D21D99C7619D,
        ["java.util.HashMap"] = 0x0507DAC1C31660D1,
        ["java.util.LinkedHashMap"] = 0x34C04E5C106CC0FB,
        ["java.lang.Number"] = 0x86AC951D0B94E08B,
        ["java.lang.Integer"] = 0x12E2A0A4F7818738,
        ["java.lang.Long"] = 0x3B8BE490CC8F23DF,
        ["java.lang.Float"] = 0xDAEDC9A2DB3CF0EC,
        ["java.lang.Boolean"] = 0xCD207280D59CFAEE,
        ["java.math.BigInteger"] = 0x8CFC9F1FA93BFB1D,
        ["[B"] = 0xACF317F8060854E0,
    };
}
