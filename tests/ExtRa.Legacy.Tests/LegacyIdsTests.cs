using System.Text.Json;
using ExtRa.Legacy.Sealing;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Pki.Protocols.Trust;
using TestKit;

namespace ExtRa.Legacy.Tests;

/// <summary>The keys of legacy rows (WIRE.md 1.5), and of our own rows among them.</summary>
[TestClass]
public sealed class LegacyIdsTests
{
    private static readonly LegacyFormat Format = new(keyStore: null, new(), new ManualClock());

    [TestMethod]
    public void The_recorded_messageids_have_the_recorded_keys()
    {
        JsonElement[] vectors = [.. JsonDocument.Parse(ReadVectors()).RootElement.GetProperty("vectors").EnumerateArray()];
        Assert.HasCount(33, vectors);
        foreach (JsonElement vector in vectors)
        {
            string messageId = vector.TryGetProperty("repeat", out JsonElement repeated)
                ? string.Concat(Enumerable.Repeat(repeated.GetString(), vector.GetProperty("count").GetInt32()))
                : UnescapeHalves(vector.GetProperty("messageId"));
            Assert.AreEqual(vector.GetProperty("hashCode").GetInt32(), LegacyIds.JavaHash(messageId), messageId);
            Assert.AreEqual(vector.GetProperty("type1").GetString(), LegacyIds.UniqueId(MessageType.ExtRa, messageId));
            Assert.AreEqual(vector.GetProperty("type2").GetString(), LegacyIds.UniqueId(MessageType.Scep, messageId));
        }
    }

    [TestMethod]
    public void Our_own_rows_belong_to_their_requester()
    {
        RowNames mine = Format.NameRow(MessageType.Scep, "TID", "my key"u8);
        RowNames other = Format.NameRow(MessageType.Scep, "TID", "another key"u8);
        Assert.AreEqual(mine, Format.NameRow(MessageType.Scep, "TID", "my key"u8));
        Assert.AreNotEqual(mine.MessageId, other.MessageId);
        Assert.AreEqual(LegacyIds.UniqueId(MessageType.Scep, mine.MessageId), mine.UniqueId);
        StringAssert.StartsWith(mine.MessageId, "TID/");
        foreach (string name in (string[])[new string('x', 255), new string('x', 221) + "😀" + new string('y', 20)])
        {
            string longest = Format.NameRow(MessageType.Scep, name, "my key"u8).MessageId;
            Assert.IsTrue(longest.Length <= MessageLimits.MessageIdLength && Printable.IsPrintable(longest));
        }
    }

    /// <summary>FLAWS.md B1: a row whose key is not that of its messageid was written or moved by somebody else.</summary>
    [TestMethod]
    public void Flaw_B1_A_row_under_a_key_that_is_not_its_own_is_refused()
    {
        Fixture fixture = Fixture.Named("4.0.13/PKCS10Request.plain");
        foreach (RowIdentity row in (RowIdentity[])
        [
            Fixture.Row(MessageKind.Request) with { MessageId = "another transaction" },
            Fixture.Row(MessageKind.Request) with { Type = MessageType.Scep },
            Fixture.Row(MessageKind.Request) with { UniqueId = MessageIds.UniqueId(MessageType.ExtRa, Fixture.MessageId, "key"u8) },
        ])
        {
            Assert.AreEqual(RefusalCode.NotBound, FixtureTests.RefusalOf(Format.Open(row, fixture.Column)));
        }
    }

    private static string ReadVectors() => File.ReadAllText(Fixture.PathOf("uniqueid-vectors.json"));

    // JSON readers refuse halves of surrogate pairs; Java's hash does not.
    private static string UnescapeHalves(JsonElement text)
    {
        string raw = text.GetRawText()[1..^1];
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return System.Text.RegularExpressions.Regex.Replace(
                raw, @"\\u(?<hex>[0-9a-fA-F]{4})", hex => ((char)Convert.ToInt32(hex.Groups["hex"].Value, 16)).ToString(),
                System.Text.RegularExpressions.RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(60));
        }
    }
}
