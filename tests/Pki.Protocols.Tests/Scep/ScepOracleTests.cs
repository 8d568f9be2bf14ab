using System.Security.Cryptography;
using Pki.Protocols.Cms;
using Pki.Protocols.Scep;
using Pki.Protocols.Tests.Cms;
using Pki.Protocols.Trust;

namespace Pki.Protocols.Tests.Scep;

/// <summary>
/// SCEP.md E-07: an attacker cuts a captured envelope out of its message, alters it and signs it himself. Whatever he
/// alters, the answer is the same.
/// </summary>
[TestClass]
public sealed class ScepOracleTests
{
    private static readonly byte[] Captured = SignedData.Decode(ScepFixture.Message("sscep-pkcsreq-aes128-sha512")).OrThrow().Content!.Value.ToArray();

    [TestMethod]
    public void Every_change_of_encrypted_key_or_content_gives_one_and_the_same_refusal()
    {
        EnvelopedData enveloped = EnvelopedData.Decode(Captured).OrThrow();
        var recipient = (RecipientInfo.KeyTransported)enveloped.Recipients[0];
        int key = Captured.AsSpan().IndexOf(recipient.EncryptedKey.Span);
        const int AesBlock = 16;
        int last = Captured.Length; // the encrypted content is the last field
        int contentLength = 0;
        CmsEdit.Rewrite(Captured, null, content =>
        {
            contentLength = content.Length;
            return content;
        });
        var random = new Random(7);
        int[] positions =
        [
            .. Enumerable.Range(key, recipient.EncryptedKey.Length).Where(at => at % 4 == 0),
            .. Enumerable.Range(last - contentLength, contentLength).Where(at => at % 3 == 0),
            .. Enumerable.Range(last - (2 * AesBlock), 2 * AesBlock),
        ];
        foreach (int at in positions)
        {
            byte[] altered = (byte[])Captured.Clone();
            altered[at] ^= (byte)random.Next(1, 256);
            Assert.AreSame(ScepRequest.Unreadable, Answer(altered), $"octet {at}");
        }
    }

    [TestMethod]
    [DataRow(1), DataRow(15), DataRow(16), DataRow(32), DataRow(160)]
    public void Content_that_is_cut_off_gives_the_same_refusal(int octets) => Assert.AreSame(ScepRequest.Unreadable, Answer(CmsEdit.CutContent(Captured, octets)));

    [TestMethod]
    public void Content_that_is_gone_gives_the_same_refusal() => Assert.AreSame(ScepRequest.Unreadable, Answer(CmsEdit.Rewrite(Captured, null, _ => [])));

    [TestMethod]
    [DataRow(MessageType.CertPoll)]
    [DataRow(MessageType.GetCert)]
    [DataRow(MessageType.GetCrl)]
    public void The_unaltered_envelope_under_another_message_type_gives_the_same_refusal(MessageType type) => Assert.AreSame(ScepRequest.Unreadable, Answer(Captured, type));

    [TestMethod]
    public void A_request_whose_own_signature_is_wrong_gives_the_same_refusal()
    {
        byte[] request = ScepParties.Request.Encoded.ToArray();
        request[^1] ^= 1;
        Outcome<ScepRequest> outcome = ScepParties.Open(ScepParties.Message(content: ScepParties.Envelope(request)));
        Assert.IsFalse(outcome.Succeeded(out _, out Refusal? refusal));
        Assert.AreSame(ScepRequest.Unreadable, refusal);
    }

    [TestMethod]
    public void A_right_request_without_its_padding_gives_the_same_refusal()
    {
        // Cut to whole blocks, the plaintext is the proper request if it ends on a block and its padding is gone.
        byte[] request = ScepParties.Request.Encoded.ToArray();
        byte[] filled = [.. request, .. new byte[(16 - (request.Length % 16)) % 16]];
        byte[] content = CmsEdit.CutContent(ScepParties.Envelope(filled), 16);
        Outcome<ScepRequest> outcome = ScepParties.Open(ScepParties.Message(content: content));
        Assert.IsFalse(outcome.Succeeded(out _, out Refusal? refusal));
        Assert.AreSame(ScepRequest.Unreadable, refusal);
    }

    [TestMethod]
    public void Each_decryption_pays_for_one_result_and_one_exception() => Assert.AreEqual((true, false), PaddingDecoy.Outcomes);

    private static Refusal Answer(byte[] envelope, MessageType type = MessageType.PkcsReq)
    {
        List<CmsAttribute> attributes = ScepParties.Attributes();
        attributes[0] = ScepAttributes.Text(Pki.Protocols.Asn1.Oids.ScepMessageType, (int)type);
        ScepEnvelope read = ScepEnvelope.Read(ScepParties.Message(attributes, envelope)).OrThrow();
        return read.Open([ScepFixture.Identity], ScepAlgorithmPolicy.Default).Succeeded(out _, out Refusal? refusal) ? throw new AssertFailedException("It was accepted.") : refusal;
    }
}
