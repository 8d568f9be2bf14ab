using ScepRaServer.Http;

namespace ScepRaServer.Tests.Http;

/// <summary>SCEP.md H-03, H-07, H-08.</summary>
[TestClass]
public sealed class ScepQueryTests
{
    [TestMethod]
    [DataRow("?operation=GetCACaps&message=x", "GetCACaps", "x", DisplayName = "as everybody")]
    [DataRow("?message=x&operation=GetCACaps", "GetCACaps", "x", DisplayName = "H-03 micromdm sends message first")]
    [DataRow("?MESSAGE=x&foo=1&Operation=getcacaps", "getcacaps", "x", DisplayName = "H-03 names in any case, unknown ones ignored")]
    [DataRow("?operation=A&operation=B", "A", null, DisplayName = "H-03 the first of repeated ones wins")]
    [DataRow("?operation=GetCACert", "GetCACert", null, DisplayName = "without message")]
    [DataRow("?operation=GetCACert&message=", "GetCACert", "", DisplayName = "jscep's empty message")]
    [DataRow("?operation", "", null, DisplayName = "a name without value")]
    [DataRow("", null, null, DisplayName = "nothing")]
    [DataRow("?message=a+b/c%2Bd%3D%0Ae", null, "a+b/c+d=\ne", DisplayName = "H-07 plus stays plus, escapes are decoded")]
    [DataRow("?message=a%252Bb", null, "a%2Bb", DisplayName = "H-08 decoded once only")]
    [DataRow("?message=a%2", null, "a%2", DisplayName = "half an escape stays")]
    [DataRow("?message=a%zz", null, "a%zz", DisplayName = "what is no escape stays")]
    [DataRow("?message=%C3%A4", null, "ä", DisplayName = "UTF-8")]
    public void The_two_parameters_are_found(string raw, string? operation, string? message)
    {
        Assert.AreEqual(new ScepQuery(operation, message), ScepQuery.Parse(raw));
    }
}
