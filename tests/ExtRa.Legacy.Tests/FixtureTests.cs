using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ExtRa.Legacy.Documents;
using ExtRa.Legacy.JavaStreams;
using ExtRa.Legacy.Sealing;
using ExtRa.Messages.Sealing;
using Pki.Protocols.Trust;
using TestKit;

namespace ExtRa.Legacy.Tests;

/// <summary>Every message that legacy programs wrote is read to the values they wrote (WIRE.md 2 to 7).</summary>
[TestClass]
public sealed class FixtureTests
{
    [TestMethod]
    public void Every_recorded_message_gives_the_recorded_values()
    {
        int count = 0;
        foreach (Fixture fixture in Fixture.In("4.0.13", "6.3", "long", "oneshot"))
        {
            byte[] stream = StreamOf(fixture, out bool signed, out bool encrypted);
            Assert.AreEqual(fixture.Is("signed"), signed, fixture.Name);
            Assert.AreEqual(fixture.Is("encrypted"), encrypted, fixture.Name);
            if (fixture.Sidecar.TryGetProperty("innerStreamSha256", out JsonElement digest))
            {
                Assert.AreEqual(digest.GetString(), Convert.ToHexStringLower(SHA256.HashData(stream)), fixture.Name);
            }

            AssertHolds(fixture, JavaMapList.Read(stream).OrThrow());
            count++;
        }

        Assert.AreEqual(190, count);
    }

    [TestMethod]
    public void Every_recorded_request_becomes_ours_signed_by_the_recorded_signer()
    {
        foreach (Fixture fixture in Fixture.In("4.0.13", "6.3", "long", "oneshot").Where(one => !one.IsResponse && !one.Name.Contains("empty-list", StringComparison.Ordinal)))
        {
            if (fixture.Is("encrypted") && !fixture.Is("signed"))
            {
                Assert.AreEqual(RefusalCode.NotSigned, RefusalOf(fixture.Open()), fixture.Name); // FLAWS.md D3
                continue;
            }

            OpenedMessage opened = fixture.Open().OrThrow();
            JsonElement[] expected = [.. fixture.Sidecar.GetProperty("submessages").EnumerateArray()];
            Assert.HasCount(expected.Length, opened.Content.SubMessages, fixture.Name);
            for (int i = 0; i < expected.Length; i++)
            {
                string name = expected[i].GetProperty("submessageClass").GetString() ?? nameof(ExtRa.Messages.Contract.CertificateRequestRequest);
                bool asksForAttributes = Entries(expected[i]).Any(entry => entry is { Key: "SUBJECTDIRATTRIBUTES", Value: { Length: > 0 } });
                Assert.AreEqual(asksForAttributes, opened.Damage is { Code: RefusalCode.PolicyViolation }, $"{fixture.Name}: {opened.Damage}");
                Assert.AreEqual(name, opened.Content.SubMessages[i].WireName, $"{fixture.Name}: {opened.Damage}");
                Assert.AreEqual(
                    long.Parse(Entries(expected[i]).Single(entry => entry.Key == "REQUESTID").Value!, CultureInfo.InvariantCulture), opened.Content.SubMessages[i].RequestId);
            }

            bool signed = fixture.Is("signed");
            Assert.AreEqual(signed ? "CN=External RA 1,O=ExtRA Fixtures,C=SE" : null, opened.Signer?.Subject.ToString(), fixture.Name);
            Assert.AreEqual(signed, opened.SignedDigest is not null);
        }
    }

    [TestMethod]
    public void An_empty_list_is_no_message() =>
        Assert.AreEqual(RefusalCode.Malformed, RefusalOf(Fixture.Named("4.0.13/empty-list.plain").Open()));

    internal static byte[] StreamOf(Fixture fixture, out bool signed, out bool encrypted)
    {
        LegacyDocument document = LegacyDocument.Read(fixture.Column).OrThrow();
        (signed, encrypted) = (document.Signed, document.Encrypted);
        return LayersOf(fixture).OrThrow().Stream.ToArray();
    }

    internal static Outcome<OpenedLayers> LayersOf(Fixture fixture)
    {
        string? key = fixture.Sidecar.TryGetProperty("recipientKeystore", out JsonElement named) ? named.GetString()
            : fixture.Sidecar.TryGetProperty("loadKeystore", out named) ? named.GetString() : null;
        return new LegacyLayers(string.IsNullOrEmpty(key) ? null : Fixture.Key(key), new ManualClock()).Open(LegacyDocument.Read(fixture.Column).OrThrow());
    }

    internal static RefusalCode? RefusalOf<T>(Outcome<T> outcome)
        where T : class => outcome.Succeeded(out _, out Refusal? refusal) ? null : refusal.Code;

    private static void AssertHolds(Fixture fixture, IReadOnlyList<JavaMap> maps)
    {
        JsonElement[] expected = [.. fixture.Sidecar.GetProperty("submessages").EnumerateArray()];
        Assert.HasCount(expected.Length, maps, fixture.Name);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i].GetProperty("mapClass").GetString()!.Split('.')[^1], maps[i].Kind.ToString());
            JsonElement[] entries = [.. expected[i].GetProperty("entries").EnumerateArray()];
            Assert.HasCount(entries.Length, maps[i].Entries, fixture.Name);
            for (int e = 0; e < entries.Length; e++)
            {
                Assert.AreEqual(entries[e].GetProperty("key").GetString(), maps[i].Entries[e].Key, fixture.Name);
                AssertIs(entries[e], maps[i].Entries[e].Value, $"{fixture.Name} {maps[i].Entries[e].Key}");
            }
        }
    }

    private static void AssertIs(JsonElement expected, object? actual, string where)
    {
        string type = expected.GetProperty("type").GetString()!;
        Assert.AreEqual(type, actual switch { null => "null", string => "String", int => "Integer", long => "Long", float => "Float", bool => "Boolean", _ => "BigInteger" }, where);
        if (actual is string text && expected.TryGetProperty("valueLength", out JsonElement length))
        {
            Assert.AreEqual(length.GetInt32(), text.Length, where);
            Assert.AreEqual(expected.GetProperty("valueUtf8Sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))), where);
            return;
        }

        string? value = expected.GetProperty("value").GetString();
        Assert.AreEqual(value, actual switch
        {
            null => null,
            string one => one,
            float number => number.ToString("0.0", CultureInfo.InvariantCulture),
            bool truth => truth ? "true" : "false",
            BigInteger number => number.ToString(CultureInfo.InvariantCulture),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => "?",
        }, where);
    }

    private static IEnumerable<(string Key, string? Value)> Entries(JsonElement map) =>
        map.GetProperty("entries").EnumerateArray().Select(entry =>
            (entry.GetProperty("key").GetString()!, entry.TryGetProperty("value", out JsonElement value) ? value.GetString() : "long"));
}
