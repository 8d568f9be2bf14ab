using System.Text;
using ScepRaServer.Http;

namespace ScepRaServer.Tests.Http;

/// <summary>SCEP.md H-06, H-07, H-08.</summary>
[TestClass]
public sealed class MessageTextTests
{
    private static readonly byte[] Message = [0x30, 0x03, 0xfb, 0xef, 0xff];

    [TestMethod]
    [DataRow("MAP77/8=", DisplayName = "standard base64")]
    [DataRow("MAP77/8", DisplayName = "without padding")]
    [DataRow("MAP77_8", DisplayName = "base64url (micromdm 2.1.0)")]
    [DataRow("MAP7\n7/8=\r\n", DisplayName = "line breaks (sscep's %0A)")]
    [DataRow("MAP7\t7/8=", DisplayName = "tabs")]
    public void All_forms_of_base64_in_a_query_are_one_message(string text) => CollectionAssert.AreEqual(Message, MessageText.DecodeQuery(text));

    [TestMethod]
    public void A_blank_in_a_query_is_a_plus_that_a_proxy_changed()
    {
        CollectionAssert.AreEqual(MessageText.DecodeQuery("+++/"), MessageText.DecodeQuery("   /"));
        CollectionAssert.AreEqual(MessageText.DecodeQuery("+++/"), MessageText.DecodeQuery("---_"));
    }

    [TestMethod]
    [DataRow("%2B%2B%2B%2B", DisplayName = "H-08 escaped twice")]
    [DataRow("MAP=77/8", DisplayName = "padding in the middle")]
    [DataRow("MAP77", DisplayName = "a length that does not exist")]
    [DataRow("", DisplayName = "nothing")]
    [DataRow("====", DisplayName = "only padding")]
    [DataRow("<xml/>", DisplayName = "something else")]
    public void Anything_else_in_a_query_is_no_message(string text) => Assert.IsNull(MessageText.DecodeQuery(text));

    [TestMethod]
    public void A_binary_body_is_the_message()
    {
        CollectionAssert.AreEqual(Message, MessageText.DecodeBody(Message)!.Value.ToArray());
        CollectionAssert.AreEqual(Message, MessageText.DecodeBody("\r\n"u8.ToArray().Concat(Message).ToArray())!.Value.ToArray());
    }

    [TestMethod]
    [DataRow("MAP77/8=", DisplayName = "H-06 base64")]
    [DataRow("\n MAP7\r\n 7/8=\r\n", DisplayName = "H-06 base64 with blanks and lines")]
    [DataRow("-----BEGIN PKCS7-----\nMAP77/8=\n-----END PKCS7-----\n", DisplayName = "H-06 PEM")]
    public void A_text_body_is_decoded(string text) => CollectionAssert.AreEqual(Message, MessageText.DecodeBody(Encoding.ASCII.GetBytes(text))!.Value.ToArray());

    [TestMethod]
    [DataRow("")]
    [DataRow("  \r\n")]
    [DataRow("-----BEGIN PKCS7-----")]
    [DataRow("-----BEGIN PKCS7----- -----END")]
    [DataRow("operation=PKIOperation")]
    public void Any_other_body_is_no_message(string text) => Assert.IsNull(MessageText.DecodeBody(Encoding.ASCII.GetBytes(text)));
}
