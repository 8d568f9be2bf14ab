using ExtRa.Legacy.JavaStreams;
using Pki.Protocols.JavaStreams;
using Pki.Protocols.Trust;
using static ExtRa.Legacy.Tests.JavaStreams.StreamText;

namespace ExtRa.Legacy.Tests.JavaStreams;

/// <summary>Streams made to harm (FLAWS.md A2, A3): refused, in little memory, and never by an exception.</summary>
[TestClass]
public sealed class HostileStreamTests
{
    private const long LittleMemory = 256 * 1024;

    [TestMethod]
    [DataRow(int.MaxValue, DisplayName = "2^31-1 entries")]
    [DataRow(-1, DisplayName = "minus one entry")]
    [DataRow(1_000_000, DisplayName = "a million entries")]
    public void Flaw_A3_A_count_without_its_entries_is_refused(int count) => AssertRefused(OneMap(count, "7878"), RefusalCode.Malformed);

    [TestMethod]
    [DataRow(int.MaxValue)]
    [DataRow(-1)]
    [DataRow(100_000_000)]
    public void Flaw_A3_An_array_that_is_longer_than_the_stream_is_refused(int length) => AssertRefused(
        OneMap(1, Text("k") + "75" + Class("[B", 0xACF317F8060854E0, 2) + "70" + Int(length)), RefusalCode.Malformed);

    [TestMethod]
    [DataRow("7FFFFFFFFFFFFFFF")]
    [DataRow("8000000000000000")]
    [DataRow("0000000010000000")]
    public void Flaw_A3_A_text_that_is_longer_than_the_stream_is_refused(string length) => AssertRefused(OneMap(1, "7C" + length), RefusalCode.Malformed);

    [TestMethod]
    public void Flaw_A3_A_list_that_says_it_is_long_is_refused() => AssertRefused(
        Bytes(Magic + List + Int(int.MaxValue) + "7704" + Int(int.MaxValue) + "78"), RefusalCode.Malformed);

    /// <summary>A reference costs five bytes, and whoever makes the map anew each time pays for all of it.</summary>
    [TestMethod]
    public void Flaw_A3_One_map_named_very_often_costs_little()
    {
        string entries = string.Concat(Enumerable.Range(0, 1000).Select(i => Text($"k{i}") + "70"));
        string map = Map + "3F4000000000000C" + "7708" + Int(16) + Int(1000) + entries + "78";
        AssertRefused(
            Bytes(Magic + List + Int(30_001) + "7704" + Int(1) + map + string.Concat(Enumerable.Repeat("71007E0003", 30_000)) + "78"),
            RefusalCode.TooLarge,
            memory: 4 * 1024 * 1024);
        byte[] often = Bytes(Magic + List + Int(1000) + "7704" + Int(1) + map + string.Concat(Enumerable.Repeat("71007E0003", 999)) + "78");
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.HasCount(1000, JavaMapList.Read(often).OrThrow());
        Assert.IsTrue(GC.GetAllocatedBytesForCurrentThread() - before < 4 * 1024 * 1024);
    }

    [TestMethod]
    public void Flaw_A3_A_map_with_very_many_entries_is_refused() => AssertRefused(
        OneMap(1001, string.Concat(Enumerable.Range(0, 1001).Select(i => Text($"k{i}") + "70")) + "7878"), RefusalCode.TooLarge, memory: 2 * 1024 * 1024);

    [TestMethod]
    public void Flaw_A3_Lists_in_lists_are_refused_at_the_limit_of_depth()
    {
        string inner = "7371007E0000" + Int(1) + "7704" + Int(1);
        AssertRefused(
            Bytes(Magic + List + Int(1) + "7704" + Int(1) + string.Concat(Enumerable.Repeat(inner, 10_000)) + string.Concat(Enumerable.Repeat("78", 10_001))), RefusalCode.TooLarge);
    }

    [TestMethod]
    public void Flaw_A3_A_flood_of_nulls_is_refused_at_the_limit_of_objects() => AssertRefused(
        Bytes(Magic + List + Int(100_000) + "7704" + Int(1) + new string('7', 0) + string.Concat(Enumerable.Repeat("70", 100_000)) + "78"),
        RefusalCode.TooLarge,
        memory: 4 * 1024 * 1024);

    [TestMethod]
    public void Flaw_A3_A_stream_of_a_hundred_megabytes_is_not_even_looked_at() => AssertRefused(new byte[100 * 1024 * 1024], RefusalCode.TooLarge);

    [TestMethod]
    public void Flaw_A3_A_text_that_is_named_again_and_again_counts_each_time()
    {
        string text = new('x', 100_000);
        AssertRefused(JavaMapList.Write([.. Enumerable.Repeat(new JavaMap(JavaMapKind.HashMap, [new("k", text)]), 100)]), RefusalCode.TooLarge, memory: 1024 * 1024);
    }

    /// <summary>A list that holds itself: Java makes it, and whoever walks it never comes back.</summary>
    [TestMethod]
    [DataRow("71007E0001", DisplayName = "the list itself, not complete yet")]
    [DataRow("71007E0000", DisplayName = "a class where a value is expected")]
    [DataRow("71007E00FF", DisplayName = "what is yet to come")]
    [DataRow("7100000000", DisplayName = "below the first handle")]
    [DataRow("71FFFFFFFF", DisplayName = "above every handle")]
    public void References_lead_back_to_complete_values_only(string reference) =>
        AssertRefused(Bytes(Magic + List + Int(1) + "7704" + Int(1) + reference + "78"), RefusalCode.Malformed);

    [TestMethod]
    [DataRow("76", DisplayName = "class")]
    [DataRow("79", DisplayName = "reset")]
    [DataRow("7A00000001AA", DisplayName = "long block data")]
    [DataRow("7B", DisplayName = "exception")]
    [DataRow("7D0000000100", DisplayName = "proxy class")]
    [DataRow("7E", DisplayName = "enum without class")]
    [DataRow("FF", DisplayName = "no code at all")]
    public void Codes_that_no_message_has_are_refused(string code) =>
        AssertRefused(Bytes(Magic + List + Int(1) + "7704" + Int(1) + code + "78"), RefusalCode.Malformed);

    /// <summary>FLAWS.md A2: the name alone does not make a class; each part of its descriptor counts.</summary>
    [TestMethod]
    [DataRow("java.util.HashMap", 0x0507DAC1C31660D2UL, (byte)3, DisplayName = "another serialVersionUID")]
    [DataRow("java.util.HashMap", 0x0507DAC1C31660D1UL, (byte)2, DisplayName = "other flags")]
    [DataRow("java.util.HashMap", 0x0507DAC1C31660D1UL, (byte)0x0C, DisplayName = "externalizable")]
    [DataRow("java.util.Hashmap", 0x0507DAC1C31660D1UL, (byte)3, DisplayName = "another letter case")]
    [DataRow("javax.management.BadAttributeValueExpException", 0xD4E7DAAB632D4640UL, (byte)2, DisplayName = "a gadget")]
    public void Flaw_A2_A_class_is_its_whole_descriptor(string name, ulong uid, byte flags)
    {
        string map = "73" + Class(name, uid, flags, "46" + Utf("loadFactor"), "49" + Utf("threshold")) + "70";
        AssertRefused(Bytes(Magic + List + Int(1) + "7704" + Int(1) + map + "3F4000000000000C7708" + Int(16) + Int(0) + "7878"), RefusalCode.Malformed);
    }

    [TestMethod]
    public void Flaw_A2_A_class_with_a_field_or_a_superclass_more_is_refused()
    {
        string field = "73" + Class("java.util.HashMap", 0x0507DAC1C31660D1, 3, "46" + Utf("loadFactor"), "49" + Utf("thresholt")) + "70";
        string super = "73" + Class("java.util.HashMap", 0x0507DAC1C31660D1, 3, "46" + Utf("loadFactor"), "49" + Utf("threshold")) + "71007E0000";
        foreach (string map in (string[])[field, super])
        {
            AssertRefused(Bytes(Magic + List + Int(1) + "7704" + Int(1) + map + "3F4000000000000C7708" + Int(16) + Int(0) + "7878"), RefusalCode.Malformed);
        }
    }

    [TestMethod]
    public void A_key_that_comes_twice_is_refused() => AssertRefused(OneMap(2, Text("k") + "70" + Text("k") + "70" + "7878"), RefusalCode.Malformed);

    [TestMethod]
    [DataRow("C080", true, DisplayName = "NUL as Java writes it")]
    [DataRow("00", false, DisplayName = "a bare NUL")]
    [DataRow("C181", false, DisplayName = "an A in two bytes")]
    [DataRow("E08181", false, DisplayName = "an A in three bytes")]
    [DataRow("EDA080EDB080", true, DisplayName = "a pair of surrogates")]
    [DataRow("F0908080", false, DisplayName = "four bytes")]
    [DataRow("C3", false, DisplayName = "half a character")]
    [DataRow("80", false, DisplayName = "a continuation alone")]
    public void Modified_UTF8_has_one_form(string hex, bool accepted) => Assert.AreEqual(accepted, ModifiedUtf8.Decode(Bytes(hex)) is not null);

    /// <summary>The reader is for others too: what it may name is given to it (MIGRATION.md 4: stored key pairs).</summary>
    [TestMethod]
    public void The_list_of_classes_is_the_callers()
    {
        var type = new JavaClass("java.security.KeyRep$Type", 0, JavaClass.Serializable | JavaClass.Enum, [], new("java.lang.Enum", 0, JavaClass.Serializable | JavaClass.Enum, []));
        byte[] stream = Bytes(Magic + "7E" + Class(type.Name, 0, 0x12) + Class("java.lang.Enum", 0, 0x12) + "70" + Text("PRIVATE"));
        var reader = new JavaStreamReader([type, type.Super!], JavaStreamLimits.OfMessages);
        Assert.AreEqual(new JavaEnum(type, "PRIVATE"), reader.Read(stream).OrThrow());
        Assert.IsFalse(JavaMapList.Read(stream).Succeeded(out _, out _));
    }

    private static void AssertRefused(byte[] stream, RefusalCode code, long memory = LittleMemory)
    {
        _ = JavaMapList.Read(stream); // once, so that compiling is not counted
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool accepted = JavaMapList.Read(stream).Succeeded(out _, out Refusal? refusal);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.IsFalse(accepted);
        Assert.AreEqual(code, refusal!.Code, refusal.Detail);
        Assert.IsTrue(allocated < memory, $"{allocated} bytes were allocated");
    }
}
