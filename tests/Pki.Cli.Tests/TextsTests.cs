using Pki.Cli.Output;

namespace Pki.Cli.Tests;

/// <summary>Texts of strangers on a terminal (CMP-L-3).</summary>
[TestClass]
public sealed class TextsTests
{
    [TestMethod]
    [DataRow("a\r\nALARM", DisplayName = "a line break")]
    [DataRow("a\u001b[2J", DisplayName = "what a terminal obeys")]
    [DataRow("a\u202egpj.exe", DisplayName = "a turn of direction")]
    [DataRow("a\u2028b", DisplayName = "a line separator")]
    [DataRow("a\u200bb", DisplayName = "what has no width")]
    public void What_is_not_seen_is_shown_as_a_replacement(string text)
    {
        string shown = Texts.Short(text, 40)!;
        Assert.IsTrue(shown.Contains('\uFFFD') && !shown.Any(Texts.IsUnseen), shown);
        Assert.AreEqual("Ångström %n{0} <b>", Texts.Short("Ångström %n{0} <b>", 40), "what is seen stays");
    }
}
