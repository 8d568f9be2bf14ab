using ExtRa.Messages.Contract;
using ExtRa.Messages.Store;

namespace ExtRa.Messages.Tests.Contract;

/// <summary>Keys of native rows (ARCHITECTURE.md 3).</summary>
[TestClass]
public sealed class MessageIdsTests
{
    private static readonly byte[] Binding = new byte[32];

    [TestMethod]
    public void A_native_id_is_the_prefix_and_a_digest()
    {
        string id = MessageIds.UniqueId(MessageType.Scep, "0123", Binding);
        StringAssert.StartsWith(id, "x2-", StringComparison.Ordinal);
        Assert.AreEqual(3 + 64, id.Length);
    }

    [TestMethod]
    [DataRow(MessageType.ExtRa, "0123", (byte)0, DisplayName = "another type")]
    [DataRow(MessageType.Scep, "0124", (byte)0, DisplayName = "another messageid")]
    [DataRow(MessageType.Scep, "0123", (byte)1, DisplayName = "another requester")]
    public void Whoever_differs_in_one_thing_finds_another_row(MessageType type, string messageId, byte binding) =>
        Assert.AreNotEqual(
            MessageIds.UniqueId(MessageType.Scep, "0123", Binding),
            MessageIds.UniqueId(type, messageId, [binding, .. Binding.AsSpan(1)]));

    [TestMethod]
    public void Flaw_B1_Ids_with_equal_java_hash_never_share_a_row() =>
        Assert.AreNotEqual(MessageIds.UniqueId(MessageType.ExtRa, "Aa", Binding), MessageIds.UniqueId(MessageType.ExtRa, "BB", Binding));

    [TestMethod]
    public void Moving_a_byte_from_the_id_to_the_binding_gives_another_row() =>
        Assert.AreNotEqual(MessageIds.UniqueId(MessageType.ExtRa, "ab", "c"u8), MessageIds.UniqueId(MessageType.ExtRa, "a", "bc"u8));

    [TestMethod]
    [DataRow("0000000000", "0000-0000")]
    [DataRow("ffffffffff", "ZZZZ-ZZZZ")]
    [DataRow("0123456789", "04HM-ASW9")]
    public void A_request_code_can_be_read_over_the_telephone(string digestStart, string code)
    {
        Assert.AreEqual(code, RequestCode.Of(digestStart.PadRight(64, '0')));
        Assert.AreEqual(code, RequestCode.Find(digestStart.PadRight(64, '0')));
    }

    /// <summary>Rows of legacy programs have no digest, or a mark of ours: a list of messages shows them all the same.</summary>
    [TestMethod]
    [DataRow(null)]
    [DataRow("")]
    [DataRow("taken-over")]
    [DataRow("life-00000000000000000000000000000000000000000000000000-000000000")]
    public void What_is_no_digest_has_no_request_code(string? digest) => Assert.IsNull(RequestCode.Find(digest));
}
