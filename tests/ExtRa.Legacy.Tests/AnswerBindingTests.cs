using ExtRa.Legacy.Sealing;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;

namespace ExtRa.Legacy.Tests;

/// <summary>
/// FLAWS.md B3 towards a legacy CA: an answer repeats nothing of its request but REQUESTIDs, so those alone tell whose it is.
/// Another RA of the same CA knows the messageid of a row and can have the CA sign any REQUESTID it likes.
/// </summary>
[TestClass]
public sealed class AnswerBindingTests
{
    private static readonly TestPki Management = new("CN=ManagementCA,O=Test");
    private static readonly KeyStore Worker = Management.Issue("CN=worker1", "RSA2048");
    private static readonly KeyStore Ra = Management.Issue("CN=ra1", "RSA2048");
    private static readonly KeyStore OtherRa = Management.Issue("CN=ra2", "RSA2048");
    private static readonly KeyStore EcRa = Management.Issue("CN=ra3");
    private static readonly ManualClock Clock = new(TestPki.Noon);

    private static RowNames Names { get; } = Format(Ra).NameRow(MessageType.ExtRa, "transaction", "key"u8);

    [TestMethod]
    public void The_answer_to_our_request_is_accepted_also_by_another_node_with_our_key()
    {
        string answer = AnswerTo(RequestOf(Ra, Protection.Full), Protection.Full, Ra);
        Assert.AreEqual(7, Accepted(Format(Ra), answer).Content.SubMessages.OfType<Response>().Single().RequestId);
        Assert.IsNull(Accepted(Format(Ra), answer).Damage);
    }

    [TestMethod]
    public void What_another_RA_had_signed_for_the_name_of_our_row_is_not_accepted()
    {
        // It seals as we do, for our messageid, and gets a true answer of the CA, which anybody may encrypt to us.
        string aimed = AnswerTo(RequestOf(OtherRa, Protection.Full), Protection.Full, Ra);
        Assert.AreEqual(RefusalCode.NotBound, Accepted(Format(Ra), aimed).Damage?.Code);
    }

    /// <summary>What remains: without a key of our own, and with one that signs differently each time, the number follows from the messageid.</summary>
    [TestMethod]
    public void Without_an_RSA_key_only_the_row_is_told()
    {
        foreach (KeyStore? own in new[] { null, EcRa })
        {
            string aimed = AnswerTo(RequestOf(null, Protection.None), Protection.None, null);
            Assert.IsNull(Accepted(Format(own), aimed).Damage);
            string elsewhere = AnswerTo(RequestOf(null, Protection.None, "another"), Protection.None, null, "another");
            Assert.AreEqual(RefusalCode.NotBound, Accepted(Format(own), elsewhere).Damage?.Code, "an answer of another row");
        }
    }

    private static LegacyFormat Format(KeyStore? own) => new(own, new LegacyFormatOptions(), Clock);

    private static RowNames NamesOf(string messageId) => Format(null).NameRow(MessageType.ExtRa, messageId, "key"u8);

    private static string RequestOf(KeyStore? sender, Protection protection, string messageId = "transaction") => Format(sender).Seal(
        Content(MessageKind.Request, messageId, new KeyStoreRetrievalRequest { RequestId = 7, Username = "user", Password = Secret.FromText("word") }), protection, Worker.Certificate, request: null);

    /// <summary>As a legacy CA does: the REQUESTID of the request, whatever it is.</summary>
    private static string AnswerTo(string request, Protection protection, KeyStore? receiver, string messageId = "transaction")
    {
        RowNames row = NamesOf(messageId);
        OpenedMessage opened = Format(Worker).Open(new(row.UniqueId, row.MessageId, MessageType.ExtRa, MessageKind.Request, TestPki.Noon), request).OrThrow();
        long id = ((Request)opened.Content.SubMessages[0]).RequestId;
        return Format(Worker).Seal(Content(MessageKind.Response, messageId, ExtRAResponse.Done(id)), protection, receiver?.Certificate, opened);
    }

    private static MessageContent Content(MessageKind kind, string messageId, SubMessage part) => new()
    {
        Kind = kind,
        UniqueId = NamesOf(messageId).UniqueId,
        MessageId = NamesOf(messageId).MessageId,
        Type = MessageType.ExtRa,
        Created = TestPki.Noon,
        SubMessages = [part],
    };

    private static OpenedMessage Accepted(LegacyFormat format, string answer) =>
        format.Open(new(Names.UniqueId, Names.MessageId, MessageType.ExtRa, MessageKind.Response), answer).OrThrow();
}
