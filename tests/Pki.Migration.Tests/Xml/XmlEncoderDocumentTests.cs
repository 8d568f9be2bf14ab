using Pki.Migration.Xml;
using Pki.Protocols.Trust;

namespace Pki.Migration.Tests.Xml;

/// <summary>XMLEncoder documents are data (MIGRATION §10 trap 8; FLAWS A1, A3, A4).</summary>
[TestClass]
public sealed class XmlEncoderDocumentTests
{
    private const string Open = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><java version=\"1.8\" class=\"java.beans.XMLDecoder\"><object class=\"java.util.LinkedHashMap\">";
    private const string Close = "</object></java>";

    [TestMethod]
    [DataRow("<string>x</string>", "x")]
    [DataRow("<string>B64:w6U=</string>", "å")]
    [DataRow("<string>a<char code=\"#1\"/>b</string>", "a\u0001b")]
    [DataRow("<string/>", "")]
    [DataRow("<boolean>true</boolean>", true)]
    [DataRow("<int>-5</int>", -5L)]
    [DataRow("<float>4.5</float>", 4.5)]
    [DataRow("<null/>", null)]
    public void A_value_is_read(string xml, object? expected) => Assert.AreEqual(expected, Put(xml));

    [TestMethod]
    public void A_long_is_told_from_an_int() => Assert.AreEqual(new JavaLong(86_400_000), Put("<long>86400000</long>"));

    [TestMethod]
    public void Lists_maps_arrays_and_references_are_read()
    {
        var list = (List<object?>)Put("<object class=\"java.util.ArrayList\" id=\"L\"><void method=\"add\"><int>1</int></void><void method=\"add\"><string>b</string></void></object>")!;
        CollectionAssert.AreEqual(new object?[] { 1L, "b" }, list);
        var usage = (List<object?>)Put("<array class=\"boolean\" length=\"9\"><void index=\"0\"><boolean>true</boolean></void><void index=\"2\"><boolean>true</boolean></void></array>")!;
        CollectionAssert.AreEqual(new object?[] { true, false, true, false, false, false, false, false, false }, usage);
        IReadOnlyDictionary<string, object?> map = XmlEncoderDocument.ReadMap(
            $"{Open}<void method=\"put\"><int>7</int><object class=\"java.util.ArrayList\" id=\"A\"/></void><void method=\"put\"><string>again</string><object idref=\"A\"/></void>{Close}").OrThrow();
        Assert.AreSame(map["7"], map["again"]);
    }

    [TestMethod]
    [DataRow("<object class=\"java.lang.ProcessBuilder\"><void method=\"start\"/></object>", "not allowed", DisplayName = "another class")]
    [DataRow("<object class=\"java.lang.Runtime\" method=\"getRuntime\"/>", "a call", DisplayName = "a static call")]
    [DataRow("<object class=\"java.util.ArrayList\"><void method=\"clear\"/></object>", "calls of add", DisplayName = "another method")]
    [DataRow("<object class=\"java.util.ArrayList\"><void property=\"class\"/></object>", "calls of add", DisplayName = "a property")]
    [DataRow("<class>java.lang.Runtime</class>", "not allowed", DisplayName = "a class")]
    [DataRow("<var id=\"x\"/>", "not allowed", DisplayName = "a variable")]
    [DataRow("<object idref=\"nobody\"/>", "reference to nothing", DisplayName = "a reference to nothing")]
    [DataRow("<array class=\"boolean\" length=\"2147483647\"/>", "too long", DisplayName = "a huge array")]
    [DataRow("<array class=\"java.net.URL\" length=\"1\"/>", "not allowed", DisplayName = "an array of anything")]
    [DataRow("<array class=\"boolean\" length=\"1\"><void index=\"5\"><boolean>true</boolean></void></array>", "outside", DisplayName = "an index outside")]
    [DataRow("<string>B64:!!</string>", "Base64", DisplayName = "broken Base64")]
    [DataRow("<int>99999999999</int>", "XMLEncoder", DisplayName = "a number that is too large")]
    [DataRow("<string>a<b/></string>", "inside a text", DisplayName = "an element in a text")]
    public void Everything_else_is_refused(string xml, string expected)
    {
        Assert.IsFalse(XmlEncoderDocument.ReadMap($"{Open}<void method=\"put\"><string>k</string>{xml}</void>{Close}").Succeeded(out _, out Refusal? refusal));
        Assert.Contains(expected, refusal.Detail);
    }

    [TestMethod]
    [DataRow("<!DOCTYPE java [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><java><object class=\"java.util.HashMap\"/></java>", DisplayName = "billion laughs")]
    [DataRow("<!DOCTYPE java SYSTEM \"file:///etc/passwd\"><java/>", DisplayName = "an external entity")]
    [DataRow("<java class=\"java.beans.XMLDecoder\"/>", DisplayName = "nothing in it")]
    [DataRow("<java class=\"evil.Decoder\"><object class=\"java.util.HashMap\"/></java>", DisplayName = "another decoder")]
    [DataRow("<java><object class=\"java.util.HashMap\"/><object class=\"java.util.HashMap\"/></java>", DisplayName = "two objects")]
    [DataRow("<java><string>x</string></java>", DisplayName = "no map")]
    [DataRow("not xml", DisplayName = "no XML")]
    public void A_document_that_is_something_else_is_refused(string document) =>
        Assert.IsFalse(XmlEncoderDocument.ReadMap(document).Succeeded(out _, out _));

    [TestMethod]
    public void Depth_and_size_are_bounded()
    {
        string deep = string.Concat(Enumerable.Repeat("<object class=\"java.util.ArrayList\"><void method=\"add\">", 5000));
        Assert.IsFalse(XmlEncoderDocument.ReadMap($"{Open}<void method=\"put\"><string>k</string>{deep}").Succeeded(out _, out Refusal? refusal));
        Assert.Contains("levels", refusal.Detail);
        Assert.IsFalse(XmlEncoderDocument.ReadMap(new string('x', 5_000_000)).Succeeded(out _, out refusal));
        Assert.AreEqual(RefusalCode.TooLarge, refusal.Code);
    }

    [TestMethod]
    [DataRow("<object class=\"java.util.ArrayList\" id=\"a\"><void method=\"add\"><object idref=\"a\"/></void></object>", DisplayName = "a list in itself")]
    [DataRow("<object class=\"java.util.HashMap\" id=\"a\"><void method=\"put\"><string>x</string><object idref=\"a\"/></void></object>", DisplayName = "a map in itself")]
    [DataRow("<array class=\"java.lang.Object\" id=\"a\" length=\"1\"><void index=\"0\"><object idref=\"a\"/></void></array>", DisplayName = "an array in itself")]
    [DataRow("<object class=\"java.util.ArrayList\" id=\"a\"><void method=\"add\"><object class=\"java.util.ArrayList\"><void method=\"add\"><object idref=\"a\"/></void></object></void></object>", DisplayName = "a list in a list in itself")]
    [DataRow("<object class=\"java.util.ArrayList\" id=\"a\"><void method=\"add\"><object class=\"java.util.ArrayList\" id=\"a\"/></void></object>", DisplayName = "two of one name, one in the other")]
    public void Nothing_is_in_itself(string xml) =>
        Assert.IsFalse(XmlEncoderDocument.ReadMap($"{Open}<void method=\"put\"><string>k</string>{xml}</void>{Close}").Succeeded(out _, out _));

    [TestMethod]
    public void References_cost_what_they_stand_for()
    {
        static string Add(string value) => $"<void method=\"add\">{value}</void>";
        static string Named(int i, string content) => $"<object class=\"java.util.ArrayList\" id=\"l{i}\">{content}</object>";
        string doubling = string.Concat(Enumerable.Range(1, 25).Select(i => $"<void method=\"put\"><int>{i}</int>{Named(i, Add($"<object idref=\"l{i - 1}\"/>") + Add($"<object idref=\"l{i - 1}\"/>"))}</void>"));
        Refused("too many", $"<void method=\"put\"><int>0</int>{Named(0, "")}</void>{doubling}");

        string chain = string.Concat(Enumerable.Range(1, 40).Select(i => $"<void method=\"put\"><int>{i}</int>{Named(i, Add($"<object idref=\"l{i - 1}\"/>"))}</void>"));
        Refused("levels", $"<void method=\"put\"><int>0</int>{Named(0, "")}</void>{chain}");

        string text = $"<void method=\"put\"><int>0</int>{Named(0, Add($"<string>{new string('x', 1_000_000)}</string>"))}</void>";
        Refused("too many", text + string.Concat(Enumerable.Range(1, 5).Select(i => $"<void method=\"put\"><int>{i}</int><object idref=\"l0\"/></void>")));
        Refused("too many", string.Concat(Enumerable.Range(1, 200).Select(i => $"<void method=\"put\"><int>{i}</int><array class=\"boolean\" length=\"1000\"/></void>")));
    }

    private static void Refused(string expected, string entries)
    {
        Assert.IsFalse(XmlEncoderDocument.ReadMap(Open + entries + Close).Succeeded(out _, out Refusal? refusal));
        Assert.Contains(expected, refusal.Detail);
    }

    private static object? Put(string xml) => XmlEncoderDocument.ReadMap($"{Open}<void method=\"put\"><string>k</string>{xml}</void>{Close}").OrThrow()["k"];
}
