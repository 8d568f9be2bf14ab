using System.Text;
using Pki.Migration.Properties;
using Pki.Protocols.Trust;

namespace Pki.Migration.Tests.Properties;

/// <summary>MIGRATION §6.2: Java's syntax of properties, the whole of it.</summary>
[TestClass]
public sealed class JavaPropertiesTests
{
    [TestMethod]
    [DataRow("a=b", "a", "b", DisplayName = "equals")]
    [DataRow("a:b", "a", "b", DisplayName = "colon")]
    [DataRow("a b c", "a", "b c", DisplayName = "blank")]
    [DataRow("  a \t = b ", "a", "b ", DisplayName = "blanks around the separator; those at the end are kept")]
    [DataRow("a==b", "a", "=b", DisplayName = "only one separator")]
    [DataRow("a", "a", "", DisplayName = "no value")]
    [DataRow("=b", "", "b", DisplayName = "no key")]
    [DataRow(@"CN\=Scep\ CA,O\=EJBCA\ Sample,C\=SE=ScepCA", "CN=Scep CA,O=EJBCA Sample,C=SE", "ScepCA", DisplayName = "an escaped name as key")]
    [DataRow(@"a=x\ty\nz\\", "a", "x\ty\nz\\", DisplayName = "escapes in the value")]
    [DataRow(@"a=\u00e5\u0416", "a", "åЖ", DisplayName = "unicode escapes")]
    [DataRow(@"a=\q\""", "a", "q\"", DisplayName = "an escape that is none loses its backslash")]
    [DataRow("a=b\\\n   c", "a", "bc", DisplayName = "a continued line loses its leading blanks")]
    [DataRow("a=b\\\\\nx=y", "a", "b\\", DisplayName = "an even number of backslashes does not continue")]
    [DataRow("a=b\\\r\n c\\\r d", "a", "bcd", DisplayName = "any line end continues")]
    [DataRow("a=b\\\n#c", "a", "b#c", DisplayName = "a continued line is no comment")]
    [DataRow("# a=x\n! a=y\n\na=z", "a", "z", DisplayName = "comments and empty lines")]
    [DataRow("a=x\na=y", "a", "y", DisplayName = "the last one counts")]
    [DataRow("a=b\u0085c=d", "a", "b\u0085c=d", DisplayName = "other line ends are none")]
    [DataRow("a=b\\", "a", "b", DisplayName = "a continuation at the end of the file")]
    public void A_line_is_read_as_Java_reads_it(string text, string key, string value) =>
        Assert.AreEqual(value, Parse(text).Find(key)?.Value);

    [TestMethod]
    public void The_file_is_Latin_1() => Assert.AreEqual("å", JavaProperties.Parse([(byte)'a', (byte)'=', 0xE5]).OrThrow().Find("a")!.Value);

    [TestMethod]
    public void Replaced_lines_are_told()
    {
        JavaProperties properties = Parse("a=1\nb=2\na=3");
        Assert.AreEqual(1, properties.Overridden.Single().Line);
        Assert.AreEqual(3, properties.Find("a")!.Line);
    }

    [TestMethod]
    [DataRow(@"a=\u12", DisplayName = "too short")]
    [DataRow(@"a=\u12xz", DisplayName = "not hexadecimal")]
    public void A_broken_unicode_escape_is_refused_with_its_line(string text)
    {
        Assert.IsFalse(JavaProperties.Parse(Encoding.Latin1.GetBytes("x=y\n" + text)).Succeeded(out _, out Refusal? refusal));
        Assert.Contains("Line 2", refusal.Detail);
    }

    [TestMethod]
    public void A_file_without_end_is_refused()
    {
        Assert.IsFalse(JavaProperties.Parse(new byte[2 * 1024 * 1024]).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.TooLarge, refusal.Code);
    }

    private static JavaProperties Parse(string text) => JavaProperties.Parse(Encoding.Latin1.GetBytes(text)).OrThrow();
}
