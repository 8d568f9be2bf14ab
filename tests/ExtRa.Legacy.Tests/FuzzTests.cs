using System.Globalization;
using ExtRa.Legacy.Documents;
using ExtRa.Legacy.JavaStreams;
using ExtRa.Legacy.Sealing;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using TestKit;

namespace ExtRa.Legacy.Tests;

/// <summary>
/// Recorded messages cut at every byte and changed at random: a value or a refusal comes back, in memory that grows with
/// the message and not with what it claims. PKI_FUZZ=100000 sets the number of changes.
/// </summary>
[TestClass]
public sealed class FuzzTests
{
    private const int BytesForEach = 200; // a null in a map is one byte of the stream and a place in two lists
    private const int BytesAtLeast = 512 * 1024;

    private static int Rounds => int.TryParse(Environment.GetEnvironmentVariable("PKI_FUZZ"), NumberStyles.None, CultureInfo.InvariantCulture, out int rounds) ? rounds : 3000;

    [TestMethod]
    public void A_stream_cut_at_any_byte_is_refused()
    {
        foreach (string name in (string[])["4.0.13/multi.plain", "6.3/bigints.plain", "6.3/ExtRAResponse.plain"])
        {
            byte[] stream = FixtureTests.StreamOf(Fixture.Named(name), out _, out _);
            for (int length = 0; length < stream.Length; length++)
            {
                Assert.IsFalse(JavaMapList.Read(stream.AsMemory(0, length)).Succeeded(out _, out _), $"{name} cut at {length}");
            }
        }
    }

    [TestMethod]
    public void A_document_cut_at_any_character_is_refused()
    {
        string column = Fixture.Named("4.0.13/ExtRAResponse.plain").Column.TrimEnd();
        for (int length = 0; length < column.Length; length++)
        {
            Assert.IsFalse(LegacyDocument.Read(column[..length]).Succeeded(out _, out _), $"cut at {length}");
        }
    }

    [TestMethod]
    public void A_payload_cut_at_any_byte_is_refused()
    {
        foreach (string name in (string[])["4.0.13/ExtRAResponse.signed", "4.0.13/ExtRAResponse.signed-encrypted"])
        {
            Fixture fixture = Fixture.Named(name);
            LegacyDocument document = LegacyDocument.Read(fixture.Column).OrThrow();
            var layers = new LegacyLayers(Fixture.Key("ra.p12"), new ManualClock(Fixture.Then));
            for (int length = 1; length < document.Payload.Length; length++)
            {
                Assert.IsFalse(layers.Open(document with { Payload = document.Payload[..length] }).Succeeded(out _, out _), $"{name} cut at {length}");
            }
        }
    }

    [TestMethod]
    public void A_changed_stream_is_read_or_refused()
    {
        var random = new Random(20150101);
        byte[][] streams = [.. Fixture.In("4.0.13", "6.3").Where(one => one.Name.EndsWith(".plain", StringComparison.Ordinal)).Select(one => FixtureTests.StreamOf(one, out _, out _))];
        int refused = 0;
        for (int round = 0; round < Rounds; round++)
        {
            byte[] changed = Change(streams[random.Next(streams.Length)], random);
            AssertBounded(changed.Length, () => refused += JavaMapList.Read(changed).Succeeded(out _, out _) ? 0 : 1);
        }

        Assert.IsTrue(refused > Rounds / 4, $"{refused} of {Rounds}: the changes hit nothing");
    }

    [TestMethod]
    public void A_changed_message_is_opened_or_refused()
    {
        var random = new Random(20260701);
        Fixture[] fixtures = [.. Fixture.In("4.0.13", "6.3", "edge")];
        int refused = 0;
        for (int round = 0; round < Rounds / 4; round++)
        {
            Fixture fixture = fixtures[random.Next(fixtures.Length)];
            string column = LegacyDocument.Read(fixture.Column).Succeeded(out LegacyDocument? document, out _) && random.Next(4) > 0
                ? (document with { Payload = Change(document.Payload, random) }).Write()
                : System.Text.Encoding.Latin1.GetString(Change(System.Text.Encoding.Latin1.GetBytes(fixture.Column), random));
            var format = new LegacyFormat(Fixture.Key(fixture.IsResponse ? "ra.p12" : "caservice.p12"), new(), new ManualClock(Fixture.Then));
            AssertBounded(
                column.Length,
                () => refused += format.Open(Fixture.Row(MessageKind.Request), column).Succeeded(out OpenedMessage? opened, out _) && opened.Damage is null ? 0 : 1);
        }

        Assert.IsTrue(refused > Rounds / 16, $"{refused}: the changes hit nothing");
    }

    private static void AssertBounded(int size, Action read)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        read();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.IsTrue(allocated < BytesAtLeast + ((long)BytesForEach * size), $"{allocated} bytes were allocated for {size}");
    }

    private static byte[] Change(byte[] original, Random random)
    {
        List<byte> changed = [.. original];
        for (int changes = random.Next(1, 5); changes > 0 && changed.Count > 8; changes--)
        {
            int at = random.Next(changed.Count);
            int length = Math.Min(random.Next(1, 32), changed.Count - at);
            switch (random.Next(6))
            {
                case 0:
                    changed[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    changed[at] = (byte)random.Next(0x70, 0x7F);
                    break;
                case 2:
                    changed.RemoveRange(at, length);
                    break;
                case 3:
                    changed.InsertRange(at, changed.GetRange(random.Next(changed.Count - length), length));
                    break;
                case 4:
                    changed.Insert(at, (byte)random.Next(256));
                    break;
                default:
                    changed[at] = random.Next(2) == 0 ? (byte)0xFF : (byte)0x7F;
                    break;
            }
        }

        return [.. changed];
    }
}
