using System.Buffers.Binary;
using System.Text;

namespace ExtRa.Legacy.Tests.JavaStreams;

/// <summary>Streams put together by hand, to say what no Java would.</summary>
internal static class StreamText
{
    public const string Magic = "ACED0005";

    /// <summary>An ArrayList object up to its size: descriptor handle 0, object handle 1.</summary>
    public static readonly string List = "73" + Class("java.util.ArrayList", 0x7881D21D99C7619D, 3, "49" + Utf("size")) + "70";

    /// <summary>A HashMap object up to its fields.</summary>
    public static readonly string Map = "73" + Class("java.util.HashMap", 0x0507DAC1C31660D1, 3, "46" + Utf("loadFactor"), "49" + Utf("threshold")) + "70";

    public static string Class(string name, ulong uid, byte flags, params string[] fields) =>
        $"72{Utf(name)}{uid:X16}{flags:X2}{fields.Length:X4}{string.Concat(fields)}78";

    public static string Utf(string text) => $"{text.Length:X4}{Convert.ToHexString(Encoding.ASCII.GetBytes(text))}";

    public static string Text(string text) => "74" + Utf(text);

    public static string Int(int number)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return Convert.ToHexString(bytes);
    }

    /// <summary>A stream of one list with one map, its entry count and what follows as given.</summary>
    public static byte[] OneMap(int count, string rest) =>
        Bytes(Magic + List + Int(1) + "7704" + Int(1) + Map + "3F4000000000000C" + "7708" + Int(16) + Int(count) + rest);

    public static byte[] Bytes(string hex) => Convert.FromHexString(hex);
}
