using ScepRaServer.Http;

namespace ScepRaServer.Tests.Http;

/// <summary>SCEP.md U-01 to U-03.</summary>
[TestClass]
public sealed class ScepPathTests
{
    [TestMethod]
    [DataRow("/scepraserver/scep/pkiclient.exe", null, false, DisplayName = "U-01 the legacy path")]
    [DataRow("/scepraserver/scep/noca/pkiclient.exe", null, true, DisplayName = "U-01 the legacy path without chain")]
    [DataRow("/scep/pkiclient.exe", null, false, DisplayName = "U-02 short")]
    [DataRow("/scep", null, false, DisplayName = "U-02 bare")]
    [DataRow("/scep/", null, false, DisplayName = "U-02 trailing slash")]
    [DataRow("/scep/pkiclient.exe/", null, false, DisplayName = "U-02 trailing slash after the program")]
    [DataRow("/scep/pkiclient.exe/pkiclient.exe", null, false, DisplayName = "U-02 appended again by Cisco IOS")]
    [DataRow("/scep//pkiclient.exe", null, false, DisplayName = "U-02 appended to a trailing slash")]
    [DataRow("/cgi-bin/pkiclient.exe", null, false, DisplayName = "U-02 Cisco IOS without a path")]
    [DataRow("/cgi-bin/PKIClient.EXE", null, false, DisplayName = "U-02 any case")]
    [DataRow("/scep/noca", null, true, DisplayName = "U-02 without chain, bare")]
    [DataRow("/scep/routers", "routers", false, DisplayName = "U-03 alias")]
    [DataRow("/scep/routers/pkiclient.exe", "routers", false, DisplayName = "U-03 alias and program")]
    [DataRow("/scep/routers/noca/pkiclient.exe", "routers", true, DisplayName = "U-03 alias without chain")]
    [DataRow("/scepraserver/scep/a.b_c-9/pkiclient.exe", "a.b_c-9", false, DisplayName = "U-03 all characters")]
    public void A_path_of_the_grammar_names_alias_and_chain(string path, string? alias, bool leafOnly)
    {
        Assert.AreEqual(new ScepPath(alias, leafOnly), ScepPath.Parse(path));
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("/")]
    [DataRow("/pkiclient.exe")]
    [DataRow("/scepraserver")]
    [DataRow("/cgi-bin")]
    [DataRow("/cgi-bin/noca/pkiclient.exe")]
    [DataRow("/other/pkiclient.exe")]
    [DataRow("/scep/noca/routers")]
    [DataRow("/scep/routers/more")]
    [DataRow("/scep/pkiclient.exe/routers")]
    [DataRow("/scep/../etc")]
    [DataRow("/scep/a b")]
    [DataRow("/scep/a%2fb")]
    public void Any_other_path_is_unknown(string path) => Assert.IsNull(ScepPath.Parse(path));

    [TestMethod]
    public void An_alias_has_at_most_64_characters()
    {
        Assert.IsNotNull(ScepPath.Parse("/scep/" + new string('a', 64)));
        Assert.IsNull(ScepPath.Parse("/scep/" + new string('a', 65)));
    }
}
