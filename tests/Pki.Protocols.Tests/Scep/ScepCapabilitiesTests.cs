using Pki.Protocols.Cms;
using Pki.Protocols.Scep;

namespace Pki.Protocols.Tests.Scep;

/// <summary>RFC 8894 §3.5.2, SCEP.md section 3.</summary>
[TestClass]
public sealed class ScepCapabilitiesTests
{
    [TestMethod]
    public void The_default_list_is_that_of_C_02_one_keyword_per_line()
    {
        string text = ScepCapabilities.Of(ScepAlgorithmPolicy.Default, renewal: true, nextCaCertificate: false).ToString();
        Assert.AreEqual("AES\nDES3\nPOSTPKIOperation\nRenewal\nSCEPStandard\nSHA-1\nSHA-256\nSHA-384\nSHA-512\n", text);
    }

    [TestMethod]
    public void The_list_follows_the_policy_as_C_06_wants()
    {
        string text = ScepCapabilities.Of(ScepAlgorithmPolicy.Strict, renewal: false, nextCaCertificate: true).ToString();
        Assert.AreEqual("AES\nGetNextCACert\nPOSTPKIOperation\nSCEPStandard\nSHA-256\nSHA-384\nSHA-512\n", text);
    }

    [TestMethod]
    public void Legacy_algorithms_are_never_listed_as_C_07_wants()
    {
        string text = ScepCapabilities.Of(ScepAlgorithmPolicy.Legacy, renewal: true, nextCaCertificate: true).ToString();
        Assert.IsFalse(text.Contains("MD5", StringComparison.Ordinal) || text.Contains("DES\n", StringComparison.Ordinal));
    }

    [TestMethod]
    public void Keywords_can_be_hidden_for_an_alias_as_C_08_allows() =>
        Assert.AreEqual("DES3\nPOSTPKIOperation\nSHA-1\n", ScepCapabilities.Of(ScepAlgorithmPolicy.Default, false, false).Without(["AES", "SCEPStandard", "SHA-256", "SHA-384", "SHA-512"]).ToString());

    [TestMethod]
    [DataRow("AES\nSHA-512\nSHA-256\nPOSTPKIOperation\n", "SHA512", ContentCipher.Aes128Cbc, true)]
    [DataRow("aes\r\nsha-256\r\n", "SHA256", ContentCipher.Aes128Cbc, false, DisplayName = "CRLF and small letters")]
    [DataRow("SCEPStandard", "SHA256", ContentCipher.Aes128Cbc, true)]
    [DataRow("DES3\nSHA-1", "SHA1", ContentCipher.TripleDesCbc, false)]
    [DataRow("", "SHA1", ContentCipher.TripleDesCbc, false, DisplayName = "nothing: an ancient server")]
    public void A_client_chooses_the_strongest_of_what_a_server_lists(string text, string digest, ContentCipher cipher, bool post)
    {
        var capabilities = ScepCapabilities.Parse(text);
        Assert.AreEqual(digest, capabilities.StrongestDigest.Name);
        Assert.AreEqual(cipher, capabilities.StrongestCipher);
        Assert.AreEqual(post, capabilities.AllowsPost);
    }
}
