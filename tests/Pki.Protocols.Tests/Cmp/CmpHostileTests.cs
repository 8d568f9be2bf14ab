using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.Trust;

namespace Pki.Protocols.Tests.Cmp;

/// <summary>What must be refused at the door, with the right word (CMP-L-1, CMP-T-13, CMP_PEERS.md V14, V17, V18, V25).</summary>
[TestClass]
public sealed class CmpHostileTests
{
    private static readonly byte[] EmptySequence = [0x30, 0x00];
    private static readonly byte[] Rdn = Ber.Tlv(0x31, Ber.Tlv(0x30, Ber.Oid(Oids.CommonName), Ber.Text(0x0C, "x")));
    private static readonly byte[] CertRequest = [0x30, 0x05, 0x02, 0x01, 0x00, 0x30, 0x00];

    private static readonly Dictionary<string, (byte[] Message, RefusalCode Code)> Hostile = new(StringComparer.Ordinal)
    {
        ["nothing at all"] = ([], RefusalCode.Malformed),
        ["no SEQUENCE"] = ([0x02, 0x01, 0x00], RefusalCode.Malformed),
        ["a header alone"] = (Ber.Tlv(0x30, Ber.Header()), RefusalCode.Malformed),
        ["an octet after the end"] = ([.. Ber.Message(), 0x00], RefusalCode.Malformed),
        ["two messages"] = ([.. Ber.Message(), .. Ber.Message()], RefusalCode.Malformed),
        ["a field after extraCerts"] = (Ber.Message(null, null, Ber.Tlv(0xA1, EmptySequence), [0x05, 0x00]), RefusalCode.Malformed),
        ["something beside the protection in [0]"] = (Ber.Message(null, null, Ber.Tlv(0xA0, [0x03, 0x01, 0x00], [0x05, 0x00])), RefusalCode.Malformed),
        ["V18: protection with unused bits"] = (Ber.Message(null, null, Ber.Tlv(0xA0, [0x03, 0x02, 0x07, 0x80])), RefusalCode.Malformed),
        ["indefinite length outside"] = ([0x30, 0x80, .. Ber.Header(), .. Ber.Body(), 0x00, 0x00], RefusalCode.Malformed),
        ["indefinite length inside"] = (Ber.Message(null, [0xB5, 0x04, 0x30, 0x80, 0x00, 0x00]), RefusalCode.Malformed),
        ["a length beyond the end"] = ([0x30, 0x84, 0x7F, 0xFF, 0xFF, 0xFF], RefusalCode.Malformed),
        ["a length of 126 octets"] = ([0x30, 0xFE, .. new byte[200]], RefusalCode.Malformed),
        ["a value reaching out of its list"] = (Ber.Message(null, [0xB5, 0x03, 0x30, 0x02, 0x30]), RefusalCode.Malformed),
        ["more than 100 000 octets"] = (Ber.Message(null, Ber.Tlv(0xB5, Ber.Tlv(0x30, new byte[100_000]))), RefusalCode.TooLarge),
        ["V17: 10 000 values inside one another"] = (Deep(10_000), RefusalCode.TooLarge),
        ["33 values inside one another"] = (Deep(33), RefusalCode.TooLarge),
        ["V17: 40 000 empty SEQUENCEs"] = (Ber.Message(null, Ber.Tlv(0xB5, Ber.Tlv(0x30, Ber.Repeat(EmptySequence, 40_000)))), RefusalCode.TooLarge),
        ["V17: an OID of 90 000 octets"] = (Ber.Message(Ber.HeaderWith(Ber.Tlv(0xA1, Ber.Tlv(0x30, Ber.Tlv(0x06, [.. Enumerable.Repeat((byte)0xFF, 90_000), 0x01]))))), RefusalCode.Malformed),
        ["CMP-S-12: 65 extraCerts"] = (Ber.Message(null, null, Ber.Tlv(0xA1, Ber.Tlv(0x30, Ber.Repeat(EmptySequence, CmpLimits.MaxExtraCerts + 1)))), RefusalCode.TooLarge),
        ["V25: 17 certificate requests"] = (Ber.Message(null, Ber.Tlv(0xA0, Ber.Tlv(0x30, Ber.Repeat(Ber.Tlv(0x30, CertRequest), CrmfLimits.MaxRequests + 1)))), RefusalCode.TooLarge),
        ["no certificate request in ir"] = (Ber.Message(null, Ber.Tlv(0xA0, EmptySequence)), RefusalCode.Malformed),
        ["17 controls"] = (Ber.Message(null, Ber.Tlv(0xA0, Ber.Tlv(0x30, Ber.Tlv(0x30, WithControls(CrmfLimits.MaxControls + 1))))), RefusalCode.TooLarge),
        ["17 items in genm"] = (Ber.Message(null, Ber.Tlv(0xB5, Ber.Tlv(0x30, Ber.Repeat(Ber.Tlv(0x30, Ber.Oid("1.2.3")), CmpLimits.MaxInfos + 1)))), RefusalCode.TooLarge),
        ["17 items in generalInfo"] = (Ber.Message(Ber.HeaderWith(Ber.Tlv(0xA8, Ber.Tlv(0x30, Ber.Repeat(Ber.Tlv(0x30, Ber.Oid("1.2.3")), CmpLimits.MaxInfos + 1))))), RefusalCode.TooLarge),
        ["11 revocations"] = (Ber.Message(null, Ber.Tlv(0xAB, Ber.Tlv(0x30, Ber.Repeat(Ber.Tlv(0x30, EmptySequence), CmpLimits.MaxItems + 1)))), RefusalCode.TooLarge),
        ["11 confirmations"] = (Ber.Message(null, Ber.Tlv(0xB8, Ber.Tlv(0x30, Ber.Repeat(Ber.Tlv(0x30, [0x04, 0x00, 0x02, 0x01, 0x00]), CmpLimits.MaxItems + 1)))), RefusalCode.TooLarge),
        ["11 polls"] = (Ber.Message(null, Ber.Tlv(0xB9, Ber.Tlv(0x30, Ber.Repeat(Ber.Tlv(0x30, [0x02, 0x01, 0x00]), CmpLimits.MaxItems + 1)))), RefusalCode.TooLarge),
        ["V25: a batch of 17"] = (Ber.Message(null, Ber.Tlv(0xB4, Ber.Tlv(0x30, Ber.Repeat(Ber.Message(), CmpLimits.MaxBatch + 1)))), RefusalCode.TooLarge),
        ["V25: nested four deep"] = (Nested(4), RefusalCode.TooLarge),
        ["V25: nested 100 deep"] = (Nested(100), RefusalCode.TooLarge),
        ["an empty batch"] = (Ber.Message(null, Ber.Tlv(0xB4, EmptySequence)), RefusalCode.Malformed),
        ["CMP-H-8: an empty transactionID"] = (Ber.Message(Ber.HeaderWith(Ber.Tlv(0xA4, [0x04, 0x00]))), RefusalCode.Malformed),
        ["CMP-H-8: a transactionID of 65 octets"] = (Ber.Message(Ber.HeaderWith(Ber.Tlv(0xA4, Ber.Tlv(0x04, new byte[65])))), RefusalCode.TooLarge),
        ["a nonce of 129 octets"] = (Ber.Message(Ber.HeaderWith(Ber.Tlv(0xA5, Ber.Tlv(0x04, new byte[129])))), RefusalCode.TooLarge),
        ["a senderKID of 257 octets"] = (Ber.Message(Ber.HeaderWith(Ber.Tlv(0xA2, Ber.Tlv(0x04, new byte[257])))), RefusalCode.TooLarge),
        ["CMP-H-13: freeText of 1025 octets"] = (Ber.Message(Ber.HeaderWith(Ber.Tlv(0xA7, Ber.Tlv(0x30, Ber.Text(0x0C, new string('x', 1025)))))), RefusalCode.TooLarge),
        ["CMP-H-13: freeText of 17 texts"] = (Ber.Message(Ber.HeaderWith(Ber.Tlv(0xA7, Ber.Tlv(0x30, Ber.Repeat([0x0C, 0x00], 17))))), RefusalCode.TooLarge),
        ["CMP-H-13: freeText that is not UTF-8"] = (Ber.Message(Ber.HeaderWith(Ber.Tlv(0xA7, Ber.Tlv(0x30, [0x0C, 0x01, 0xFF])))), RefusalCode.Malformed),
        ["freeText without a text: SIZE (1..MAX)"] = (Ber.Message(Ber.HeaderWith(Ber.Tlv(0xA7, EmptySequence))), RefusalCode.Malformed),
        ["a messageTime in UTCTime"] = (Ber.Message(Ber.HeaderWith(Ber.Tlv(0xA0, Ber.Text(0x17, "260102030405Z")))), RefusalCode.Malformed),
        ["a messageTime before the calendar"] = (Ber.Message(Ber.HeaderWith(Ber.Tlv(0xA0, Ber.Text(0x18, "00010101000000+1400")))), RefusalCode.Malformed),
        ["a messageTime after the calendar"] = (Ber.Message(Ber.HeaderWith(Ber.Tlv(0xA0, Ber.Text(0x18, "99991231235959-1400")))), RefusalCode.Malformed),
        ["header fields in the wrong order"] = (Ber.Message(Ber.HeaderWith(Ber.Tlv(0xA5, [0x04, 0x01, 0x01]), Ber.Tlv(0xA4, [0x04, 0x01, 0x01]))), RefusalCode.Malformed),
        ["a negative pvno"] = (Ber.Message([0x30, 0x0B, 0x02, 0x01, 0xFF, 0xA4, 0x02, 0x30, 0x00, 0xA4, 0x02, 0x30, 0x00]), RefusalCode.Malformed),
        ["a body that is no choice"] = (Ber.Message(null, EmptySequence), RefusalCode.Malformed),
        ["pkiconf that is not NULL"] = (Ber.Message(null, Ber.Tlv(0xB3, EmptySequence)), RefusalCode.Malformed),
        ["a status that does not exist"] = (Ber.Message(null, Ber.Tlv(0xB7, Ber.Tlv(0x30, Ber.Tlv(0x30, [0x02, 0x01, 0x07])))), RefusalCode.Malformed),
        ["a wait of minus one second"] = (Ber.Message(null, Ber.Tlv(0xBA, Ber.Tlv(0x30, Ber.Tlv(0x30, [0x02, 0x01, 0x00, 0x02, 0x01, 0xFF])))), RefusalCode.Malformed),
        ["a certReqId of 65 octets"] = (Ber.Message(null, Ber.Tlv(0xB9, Ber.Tlv(0x30, Ber.Tlv(0x30, Ber.Tlv(0x02, [0x01, .. new byte[64]]))))), RefusalCode.TooLarge),
        ["V14: a sender of 5 000 attributes"] = (Ber.Message(Ber.Tlv(0x30, [0x02, 0x01, 0x02], Ber.Tlv(0xA4, Ber.Tlv(0x30, Ber.Repeat(Rdn, 5_000))), [0xA4, 0x02, 0x30, 0x00])), RefusalCode.TooLarge),
    };

    public static IEnumerable<object[]> Names => Hostile.Keys.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Refused_at_the_door(string name)
    {
        (byte[] message, RefusalCode code) = Hostile[name];
        Assert.IsFalse(PkiMessage.Read(message).Succeeded(out _, out Refusal? refusal), "It was accepted.");
        Assert.AreEqual(code, refusal.Code, refusal.Detail);
        Assert.IsLessThan(300, refusal.Detail.Length, "The detail goes to a log.");
    }

    [TestMethod]
    public void What_is_exactly_at_the_limit_is_accepted()
    {
        PkiMessage.Read(Ber.Message(null, null, Ber.Tlv(0xA1, Ber.Tlv(0x30, Ber.Repeat(EmptySequence, CmpLimits.MaxExtraCerts))))).OrThrow();
        PkiMessage.Read(Ber.Message(null, Ber.Tlv(0xA0, Ber.Tlv(0x30, Ber.Repeat(Ber.Tlv(0x30, CertRequest), CrmfLimits.MaxRequests))))).OrThrow();
        PkiMessage.Read(Ber.Message(null, Ber.Tlv(0xA0, Ber.Tlv(0x30, Ber.Tlv(0x30, WithControls(CrmfLimits.MaxControls)))))).OrThrow();
        PkiMessage.Read(Ber.Message(null, Ber.Tlv(0xB4, Ber.Tlv(0x30, Ber.Repeat(Ber.Message(), CmpLimits.MaxBatch))))).OrThrow();
        PkiMessage.Read(Ber.Message(Ber.HeaderWith(Ber.Tlv(0xA4, Ber.Tlv(0x04, new byte[CmpLimits.MaxTransactionIdLength]))))).OrThrow();
        PkiMessage.Read(Nested(CmpLimits.MaxNesting)).OrThrow();
        Assert.IsTrue(PkiMessage.Read(new byte[100_001], 100_001).Succeeded(out _, out Refusal? refusal) || refusal.Code != RefusalCode.TooLarge, "the caller's limit counts");
    }

    [TestMethod]
    public void The_refusal_says_what_and_where()
    {
        Assert.IsFalse(PkiMessage.Read(Hostile["CMP-S-12: 65 extraCerts"].Message).Succeeded(out _, out Refusal? refusal));
        StringAssert.Contains(refusal.Detail, "extraCerts: 65, at most 64", StringComparison.Ordinal);
        Assert.IsFalse(PkiMessage.Read(Hostile["a nonce of 129 octets"].Message).Succeeded(out _, out refusal));
        StringAssert.Contains(refusal.Detail, "senderNonce", StringComparison.Ordinal);
    }

    [TestMethod]
    public void The_header_of_a_message_with_a_bad_body_is_there_for_the_answer()
    {
        byte[] message = Ber.Message(Ber.HeaderWith(Ber.Tlv(0xA4, [0x04, 0x01, 0x2A])), Ber.Tlv(0xB3, EmptySequence));
        Assert.IsFalse(PkiMessage.Read(message).Succeeded(out _, out _));
        CollectionAssert.AreEqual(new byte[] { 0x2A }, PkiMessage.ReadHeader(message).OrThrow().TransactionId!.Value.ToArray());
        Assert.IsFalse(PkiMessage.ReadHeader(message.AsMemory(1)).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.Malformed, refusal.Code);
    }

    private static byte[] WithControls(int count) =>
        Ber.Tlv(0x30, [0x02, 0x01, 0x00, 0x30, 0x00], Ber.Tlv(0x30, Ber.Repeat(Ber.Tlv(0x30, Ber.Oid("1.2.3"), [0x05, 0x00]), count)));

    private static byte[] Deep(int depth)
    {
        byte[] value = EmptySequence;
        for (int i = 1; i < depth; i++)
        {
            value = Ber.Tlv(0x30, value);
        }

        return value;
    }

    private static byte[] Nested(int depth)
    {
        byte[] message = Ber.Message();
        for (int i = 0; i < depth; i++)
        {
            message = Ber.Message(null, Ber.Tlv(0xB4, Ber.Tlv(0x30, message)));
        }

        return message;
    }
}
