using System.Globalization;
using ExtRa.Legacy.Documents;
using ExtRa.Legacy.JavaStreams;
using ExtRa.Messages.Contract;

namespace ExtRa.Legacy.Tests.JavaStreams;

/// <summary>What we write: in the grammar of legacy readers, and byte for byte as Java where that is fixed (WIRE.md 2.1, 6.5, 6.6).</summary>
[TestClass]
public sealed class WriterTests
{
    /// <summary>WIRE.md 6.6, the walk through the bytes of one answer.</summary>
    [TestMethod]
    public void The_answer_of_the_specification_is_written_to_the_byte()
    {
        var map = new JavaMap(
            JavaMapKind.HashMap, [new("CLASSTYPE", 9), new("SUCCESS", true), new("FAILINFO", null), new("version", 1.0f), new("REQUESTID", 100013L)]);
        byte[] written = JavaMapList.Write([map]);
        Assert.HasCount(411, written);
        CollectionAssert.AreEqual(FixtureTests.StreamOf(Fixture.Named("4.0.13/ExtRAResponse.plain"), out _, out _), written);
    }

    [TestMethod]
    [DataRow(JavaMapKind.HashMap, "java.util.HashMap")]
    [DataRow(JavaMapKind.LinkedHashMap, "java.util.LinkedHashMap")]
    public void Every_message_written_anew_passes_an_independent_check_with_its_values(JavaMapKind kind, string name)
    {
        foreach (Fixture fixture in Fixture.In("4.0.13", "6.3", "long").Where(one => !one.Is("encrypted") && !one.Is("signed")))
        {
            IReadOnlyList<JavaMap> maps = [.. JavaMapList.Read(FixtureTests.StreamOf(fixture, out _, out _)).OrThrow().Select(map => map with { Kind = kind })];
            byte[] written = JavaMapList.Write(maps);
            List<(string Class, List<string> Entries)> read = GrammarChecker.Check(written);
            Assert.HasCount(maps.Count, read);
            for (int i = 0; i < read.Count; i++)
            {
                Assert.AreEqual(name, read[i].Class, fixture.Name);
                CollectionAssert.AreEqual(maps[i].Entries.Select(Describe).ToArray(), read[i].Entries.ToArray(), fixture.Name);
            }

            Assert.HasCount(maps.Count, JavaMapList.Read(written).OrThrow());
        }
    }

    /// <summary>
    /// Where Java's own writer had nothing to decide otherwise (equal values that are different objects, sizes of tables),
    /// the bytes are the same.
    /// </summary>
    [TestMethod]
    public void Many_messages_are_written_to_the_byte_as_Java_wrote_them()
    {
        int identical = 0;
        int all = 0;
        foreach (Fixture fixture in Fixture.In("4.0.13", "6.3").Where(one => !one.Is("encrypted") && !one.Is("signed")))
        {
            byte[] original = FixtureTests.StreamOf(fixture, out _, out _);
            identical += JavaMapList.Write(JavaMapList.Read(original).OrThrow()).AsSpan().SequenceEqual(original) ? 1 : 0;
            all++;
        }

        Console.WriteLine($"{identical} of {all} streams are identical");
        Assert.IsTrue(identical >= 30, $"{identical} of {all}");
    }

    [TestMethod]
    public void Every_document_is_written_to_the_byte_as_Java_writes_it()
    {
        foreach (Fixture fixture in Fixture.In("4.0.13", "6.3", "long"))
        {
            Assert.AreEqual(
                fixture.Column.Replace("version=\"17.0.15\"", "version=\"1.8.0_181\"", StringComparison.Ordinal), LegacyDocument.Read(fixture.Column).OrThrow().Write(), fixture.Name);
        }
    }

    /// <summary>WIRE.md 7.3 to 7.5: from our class and back into a map, keys, types and order are those of 6.3.</summary>
    [TestMethod]
    public void Submessages_are_written_with_the_keys_and_the_order_of_6_3()
    {
        int compared = 0;
        foreach (Fixture fixture in Fixture.In("6.3").Where(one => !one.Is("encrypted") && !one.Is("signed")))
        {
            foreach (JavaMap original in JavaMapList.Read(FixtureTests.StreamOf(fixture, out _, out _)).OrThrow())
            {
                var reader = new SubMessages.SubMessageReader(SubMessages.B64Values.ByMapClass);
                SubMessages.ReadPart part = reader.Read(original, fixture.IsResponse ? MessageKind.Response : MessageKind.Request);
                if (part.Damage is not null)
                {
                    continue; // subject directory attributes, which we cannot say
                }

                JavaMap written = SubMessages.SubMessageWriter.Write(part.Part, JavaMapKind.LinkedHashMap);
                string[] keys = [.. original.Entries.Select(entry => entry.Key)];
                if (part.Part is CertificateRequestRequest { CreateOrEditUser: false, SubjectDn: not null })
                {
                    continue; // the long form without the user: we write the short one
                }

                CollectionAssert.AreEqual(keys, written.Entries.Select(entry => entry.Key).ToArray(), fixture.Name);
                foreach ((KeyValuePair<string, object?> before, KeyValuePair<string, object?> after) in original.Entries.Zip(written.Entries))
                {
                    bool same = Describe(before) == Describe(after) || IsSameInAnotherForm(before, after);
                    Assert.IsTrue(same, $"{fixture.Name}: {Describe(before)} became {Describe(after)}");
                }

                compared++;
            }
        }

        Assert.IsTrue(compared > 40, compared.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>6.3 decodes what begins with B64:, so it is wrapped once more for it and for no other version.</summary>
    [TestMethod]
    public void A_text_that_begins_with_B64_arrives_as_it_is()
    {
        foreach (JavaMapKind kind in (JavaMapKind[])[JavaMapKind.HashMap, JavaMapKind.LinkedHashMap])
        {
            var request = new RevocationRequest { RequestId = 1, Username = "B64:QUJD", RevokeUser = true };
            JavaMap written = SubMessages.SubMessageWriter.Write(request, kind);
            var reader = new SubMessages.SubMessageReader(SubMessages.B64Values.ByMapClass);
            Assert.AreEqual("B64:QUJD", ((RevocationRequest)reader.Read(written, MessageKind.Request).Part).Username);
        }
    }

    // PEM becomes base64, nothing becomes an empty text and the other way round: the same to every reader.
    private static bool IsSameInAnotherForm(KeyValuePair<string, object?> before, KeyValuePair<string, object?> after)
    {
        if (before.Value is string { Length: > 0 } pem && pem.Contains("-----", StringComparison.Ordinal) && after.Value is string text)
        {
            return pem.ReplaceLineEndings("").Contains(text, StringComparison.Ordinal);
        }

        // A failure that gives no reason gets one; no serial number is minus one.
        return before.Value is null or "" && (after.Value is null or "" || before.Key is "FAILINFO" or "CERTIFICATESN");
    }

    private static string Describe(KeyValuePair<string, object?> entry) => entry.Key + "=" + entry.Value switch
    {
        null => "null:",
        string text => "String:" + text,
        int number => "Integer:" + number.ToString(CultureInfo.InvariantCulture),
        long number => "Long:" + number.ToString(CultureInfo.InvariantCulture),
        float number => "Float:" + number.ToString("0.0", CultureInfo.InvariantCulture),
        bool truth => "Boolean:" + (truth ? "true" : "false"),
        IFormattable number => "BigInteger:" + number.ToString(null, CultureInfo.InvariantCulture),
        _ => "?",
    };
}
