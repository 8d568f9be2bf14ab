using System.Text;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Store;
using Pki.Protocols.Trust;

namespace ExtRa.Messages.Tests.Contract;

/// <summary>The JSON of the native format, version 2 (ARCHITECTURE.md 4).</summary>
[TestClass]
public sealed class MessageJsonTests
{
    private static readonly MessageJson Json = new(SubMessageCatalog.BuiltIn);

    [TestMethod]
    public void A_message_comes_back_as_it_was()
    {
        MessageContent content = Sample.Request();
        MessageContent read = Json.Read(MessageJson.Write(content)).OrThrow();
        Assert.AreEqual(content.UniqueId, read.UniqueId);
        Assert.AreEqual(content.MessageId, read.MessageId);
        Assert.AreEqual(content.Type, read.Type);
        Assert.AreEqual(content.Kind, read.Kind);
        Assert.AreEqual(content.Created, read.Created);
        var request = (PKCS10Request)read.SubMessages[0];
        Assert.AreEqual("router1", request.Username);
        CollectionAssert.AreEqual(((PKCS10Request)content.SubMessages[0]).Pkcs10, request.Pkcs10);
    }

    [TestMethod]
    public void The_class_stands_first_and_nulls_are_left_out()
    {
        string json = Encoding.UTF8.GetString(MessageJson.Write(Sample.Request()));
        StringAssert.Contains(json, """{"class":"PKCS10Request",""", StringComparison.Ordinal);
        Assert.IsFalse(json.Contains("renewedCertificate", StringComparison.Ordinal));
    }

    [TestMethod]
    public void An_unknown_class_is_kept_so_that_it_can_be_answered()
    {
        string json = Encoding.UTF8.GetString(MessageJson.Write(Sample.Request())).Replace("PKCS10Request", "MyRequest", StringComparison.Ordinal);
        MessageContent read = Json.Read(Encoding.UTF8.GetBytes(json)).OrThrow();
        var unknown = (UnknownSubMessage)read.SubMessages[0];
        Assert.AreEqual("MyRequest", unknown.ClassName);
        Assert.AreEqual(7, unknown.RequestId);
    }

    [TestMethod]
    public void Unknown_fields_are_ignored()
    {
        string json = Encoding.UTF8.GetString(MessageJson.Write(Sample.Request())).Replace("\"v\":2", "\"v\":2,\"later\":{\"a\":[1]}", StringComparison.Ordinal);
        Assert.IsTrue(Json.Read(Encoding.UTF8.GetBytes(json)).Succeeded(out _, out _));
    }

    [TestMethod]
    [DataRow("", DisplayName = "nothing")]
    [DataRow("[]", DisplayName = "not an object")]
    [DataRow("{}", DisplayName = "no fields")]
    [DataRow("""{"v":2""", DisplayName = "cut off")]
    [DataRow("""{"v":3,"kind":"request","uniqueId":"a","messageId":"b","type":1,"created":"2026-01-01T00:00:00Z","subMessages":[{"class":"X"}]}""", DisplayName = "a later version")]
    [DataRow("""{"v":2,"v":2,"kind":"request","uniqueId":"a","messageId":"b","type":1,"created":"2026-01-01T00:00:00Z","subMessages":[{"class":"X"}]}""", DisplayName = "a field twice")]
    [DataRow("""{"v":2,"kind":"other","uniqueId":"a","messageId":"b","type":1,"created":"2026-01-01T00:00:00Z","subMessages":[{"class":"X"}]}""", DisplayName = "neither request nor response")]
    [DataRow("""{"v":2,"kind":"request","uniqueId":null,"messageId":"b","type":1,"created":"2026-01-01T00:00:00Z","subMessages":[{"class":"X"}]}""", DisplayName = "null id")]
    [DataRow("""{"v":2,"kind":"request","uniqueId":"a","messageId":"b","type":1,"created":"yesterday","subMessages":[{"class":"X"}]}""", DisplayName = "no date")]
    [DataRow("""{"v":2,"kind":"request","uniqueId":"a","messageId":"b","type":1,"created":"2026-01-01T00:00:00Z","subMessages":[]}""", DisplayName = "no parts")]
    [DataRow("""{"v":2,"kind":"request","uniqueId":"a","messageId":"b","type":1,"created":"2026-01-01T00:00:00Z","subMessages":[{"class":"PKCS10Request"}]}""", DisplayName = "required fields missing")]
    [DataRow("""{"v":2,"kind":"request","uniqueId":"a","messageId":"b","type":1,"created":"2026-01-01T00:00:00Z","subMessages":[{"class":"ExtRAResponse","success":"yes"}]}""", DisplayName = "wrong type")]
    public void Anything_else_is_refused(string json)
    {
        Assert.IsFalse(Json.Read(Encoding.UTF8.GetBytes(json)).Succeeded(out _, out Refusal? refusal));
        Assert.IsTrue(refusal.Code is RefusalCode.Malformed or RefusalCode.TooLarge);
    }

    [TestMethod]
    public void Deep_nesting_is_refused()
    {
        string json = """{"v":2,"x":""" + new string('[', 5000) + new string(']', 5000) + "}";
        Assert.IsFalse(Json.Read(Encoding.UTF8.GetBytes(json)).Succeeded(out _, out _));
    }

    [TestMethod]
    public void More_than_a_hundred_parts_are_refused()
    {
        MessageContent content = Sample.Request() with { SubMessages = [.. Enumerable.Repeat(ExtRAResponse.Failure(1, RefusalCode.NotFound), 101)] };
        Assert.IsFalse(Json.Read(MessageJson.Write(content)).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.TooLarge, refusal.Code);
    }

    [TestMethod]
    public void Flaw_D8_Failure_texts_come_from_the_catalogue()
    {
        foreach (RefusalCode code in Enum.GetValues<RefusalCode>())
        {
            Assert.AreEqual(FailInfoText.Of(code), ExtRAResponse.Failure(1, code).FailInfo);
        }
    }

    private static class Sample
    {
        public static MessageContent Request() => new()
        {
            Kind = MessageKind.Request,
            UniqueId = "x2-" + new string('a', 64),
            MessageId = "ABC",
            Type = MessageType.Scep,
            Created = new DateTimeOffset(2026, 5, 4, 3, 2, 1, TimeSpan.Zero),
            SubMessages =
            [
                new PKCS10Request
                {
                    RequestId = 7,
                    Username = "router1",
                    SubjectDn = "CN=router1,O=Test",
                    EndEntityProfileName = "SCEP",
                    CertificateProfileName = "SCEP",
                    CaName = "ScepCA",
                    Pkcs10 = [0x30, 0x00],
                },
            ],
        };
    }
}
