using ExtRa.Legacy.Documents;
using ExtRa.Legacy.Sealing;
using Pki.Protocols.Trust;
using TestKit;

namespace ExtRa.Legacy.Tests;

/// <summary>The XML around the payload (WIRE.md 2.4): one form is read, and there is no processor that could do more.</summary>
[TestClass]
public sealed class HostileDocumentTests
{
    private const string Body = "<boolean>false</boolean><boolean>false</boolean><string>AAAA</string>";

    [TestMethod]
    [DataRow($"<java>{Body}</java>", DisplayName = "the least that will do")]
    [DataRow($"<?xml version=\"1.0\"?><java version=\"1.5.0_22\" class=\"java.beans.XMLDecoder\">{Body}</java>\r\n", DisplayName = "no encoding")]
    [DataRow($"<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<java>\t{Body} </java>", DisplayName = "other blanks")]
    [DataRow("<java><boolean>true</boolean><boolean>false</boolean><string> AA\r\n AA </string></java>", DisplayName = "wrapped base64")]
    public void The_one_form_is_read(string document) => CollectionAssert.AreEqual(new byte[3], LegacyDocument.Read(document).OrThrow().Payload);

    [TestMethod]
    [DataRow($"<!DOCTYPE java><java>{Body}</java>", DisplayName = "a DOCTYPE")]
    [DataRow($"<?xml version=\"1.1\"?><java>{Body}</java>", DisplayName = "XML 1.1")]
    [DataRow($"<java class=\"java.lang.Runtime\">{Body}</java>", DisplayName = "another class")]
    [DataRow($"<java id=\"x\">{Body}</java>", DisplayName = "another attribute")]
    [DataRow($"<java version='1'>{Body}</java>", DisplayName = "the other quotes")]
    [DataRow($"<java version=\"&x;\">{Body}</java>", DisplayName = "an entity in an attribute")]
    [DataRow($"<java>{Body}<string>AAAA</string></java>", DisplayName = "a fourth object")]
    [DataRow($"<java>{Body}</java><java/>", DisplayName = "something after the end")]
    [DataRow($"<java>{Body}<object class=\"java.lang.ProcessBuilder\"/></java>", DisplayName = "an object")]
    [DataRow("<java><boolean>false</boolean><string>AAAA</string></java>", DisplayName = "one flag")]
    [DataRow("<java><boolean id=\"a\">false</boolean><boolean>false</boolean><string>AAAA</string></java>", DisplayName = "an attribute on a flag")]
    [DataRow("<java><boolean>false</boolean><boolean>false</boolean><string>AA&amp;A</string></java>", DisplayName = "a predefined entity, which base64 has no use for")]
    [DataRow("<java><boolean>false</boolean><boolean>false</boolean><string>AA-_</string></java>", DisplayName = "the other alphabet")]
    [DataRow("<java><boolean>false</boolean><boolean>false</boolean><string>AAA</string></java>", DisplayName = "padding that is missing")]
    [DataRow("<java><boolean>false</boolean><boolean>false</boolean><string></string></java>", DisplayName = "nothing")]
    [DataRow("<java><boolean>false</boolean><boolean>false</boolean><string><!-- -->AAAA</string></java>", DisplayName = "a comment")]
    public void Everything_else_is_malformed(string document)
    {
        Assert.IsFalse(LegacyDocument.Read(document).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.Malformed, refusal.Code);
    }

    [TestMethod]
    public void Flaw_A4_A_billion_laughs_cost_nothing()
    {
        var laughs = new System.Text.StringBuilder("<?xml version=\"1.0\"?><!DOCTYPE java [<!ENTITY a0 \"AAAA\">");
        for (int i = 1; i < 30; i++)
        {
            laughs.Append(System.Globalization.CultureInfo.InvariantCulture, $"<!ENTITY a{i} \"&a{i - 1};&a{i - 1};&a{i - 1};&a{i - 1};&a{i - 1};&a{i - 1};&a{i - 1};&a{i - 1};&a{i - 1};&a{i - 1};\">");
        }

        string document = laughs.Append("]><java><boolean>false</boolean><boolean>false</boolean><string>&a29;</string></java>").ToString();
        AssertCostsLittle(document, RefusalCode.Malformed);
    }

    [TestMethod]
    public void Flaw_A3_A_document_of_a_hundred_megabytes_is_not_even_looked_at() =>
        AssertCostsLittle(new string('A', 100 * 1024 * 1024), RefusalCode.TooLarge);

    /// <summary>Constructed octet strings in each other, as BER allows without end.</summary>
    [TestMethod]
    [DataRow(true, DisplayName = "in the place of a signature")]
    [DataRow(false, DisplayName = "in the place of an envelope")]
    public void Flaw_A3_Deeply_nested_BER_is_refused(bool signed)
    {
        byte[] nested = [.. Enumerable.Repeat((byte[])[0x24, 0x80], 500_000).SelectMany(header => header)];
        byte[] type = signed ? [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02] : [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x03];
        byte[] payload = [0x30, 0x80, .. type, 0xA0, 0x80, .. nested];
        var layers = new LegacyLayers(Fixture.Key("ra.p12"), new ManualClock(Fixture.Then));
        var document = new LegacyDocument(signed, !signed, payload);
        _ = layers.Open(document);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.IsFalse(layers.Open(document).Succeeded(out _, out Refusal? refusal));
        Assert.IsTrue(GC.GetAllocatedBytesForCurrentThread() - before < 64 * 1024);
        Assert.IsTrue(refusal.Code is RefusalCode.TooLarge or RefusalCode.Malformed, refusal.ToString());
    }

    private static void AssertCostsLittle(string document, RefusalCode code)
    {
        _ = LegacyDocument.Read(document);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.IsFalse(LegacyDocument.Read(document).Succeeded(out _, out Refusal? refusal));
        Assert.IsTrue(GC.GetAllocatedBytesForCurrentThread() - before < 16 * 1024);
        Assert.AreEqual(code, refusal.Code);
    }
}
