using System.Diagnostics;
using System.Security.Cryptography;
using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Pki.Protocols.Cms;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;

namespace ExtRa.Messages.Tests.Sealing;

/// <summary>The way between front end and CA, as an owner of the database would attack it (ARCHITECTURE.md 4).</summary>
[TestClass]
public sealed class LinkTests
{
    private static readonly TestPki Management = new("CN=ManagementCA,O=Test");
    private static readonly KeyStore Ra = Management.Issue("CN=ra1");
    private static readonly KeyStore Worker = Management.Issue("CN=worker1");
    private static readonly KeyStore RsaWorker = Management.Issue("CN=worker2", "RSA2048");
    private static readonly ManualClock Clock = new(TestPki.Noon);
    private static readonly RequestId Id = RequestId.For(MessageType.Scep, "TID", "key"u8);
    private static readonly string Digest = new('a', 64);

    [TestMethod]
    public void A_request_reaches_the_worker_and_its_answer_comes_home()
    {
        NewMessage sent = LinkTo(Worker).Seal(Id, Digest, [Request]);
        OpenedMessage opened = Open(Worker, sent).OrThrow();
        Assert.AreEqual(Protection.Full, opened.Protection);
        CollectionAssert.AreEqual(Ra.Certificate.Encoded.ToArray(), opened.Signer!.Encoded.ToArray());
        Assert.AreEqual(Request.Username, ((PKCS10Request)opened.Content.SubMessages[0]).Username);

        MessageContent answer = LinkTo(Worker).OpenAnswer(Row(Answer(Worker, sent)), sent.Message).OrThrow();
        Assert.IsTrue(((Response)answer.SubMessages[0]).Success);
    }

    [TestMethod]
    public void Rsa_keystores_work_as_well()
    {
        NewMessage sent = LinkTo(RsaWorker).Seal(Id, Digest, [Request]);
        Assert.IsTrue(Open(RsaWorker, sent).Succeeded(out _, out _));
    }

    [TestMethod]
    public void Flaw_B3_An_answer_copied_to_another_row_is_refused()
    {
        NewMessage sent = LinkTo(Worker).Seal(Id, Digest, [Request]);
        string answer = Answer(Worker, sent);
        RequestId other = RequestId.For(MessageType.Scep, "TID2", "key"u8);
        Refused(RefusalCode.NotBound, LinkTo(Worker).OpenAnswer(Row(answer) with { UniqueId = other.UniqueId, MessageId = other.MessageId }, request: null));
    }

    [TestMethod]
    public void Flaw_B3_An_old_answer_put_back_is_refused_where_the_request_is_known()
    {
        NewMessage first = LinkTo(Worker).Seal(Id, Digest, [Request]);
        string old = Answer(Worker, first);
        NewMessage second = LinkTo(Worker).Seal(Id, Digest, [Request]);
        Refused(RefusalCode.NotBound, LinkTo(Worker).OpenAnswer(Row(old), second.Message));
    }

    [TestMethod]
    public void A_request_is_never_taken_for_an_answer()
    {
        NewMessage sent = LinkTo(Ra).Seal(Id, Digest, [Request]);
        Refused(RefusalCode.NotBound, LinkTo(Worker).OpenAnswer(Row(sent.Message), request: null));
    }

    [TestMethod]
    public void Flaw_B4_A_request_in_another_row_is_refused()
    {
        NewMessage sent = LinkTo(Worker).Seal(Id, Digest, [Request]);
        Refused(RefusalCode.NotBound, Open(Worker, sent with { UniqueId = MessageIds.UniqueId(MessageType.Scep, "other", "key"u8) }));
        Refused(RefusalCode.NotBound, Open(Worker, sent with { MessageId = "other" }));
        Refused(RefusalCode.NotBound, Open(Worker, sent with { Type = MessageType.ExtRa }));
    }

    [TestMethod]
    public void Flaw_B5_No_flag_says_what_is_signed_the_layers_do()
    {
        var plain = new ExtRaLink(null, null, Protection.None, SubMessageCatalog.BuiltIn, Clock);
        OpenedMessage opened = Open(Worker, plain.Seal(Id, Digest, [Request])).OrThrow();
        Assert.AreEqual(Protection.None, opened.Protection);
        Assert.IsNull(opened.Signer);
    }

    [TestMethod]
    public void Flaw_D3_A_flipped_byte_anywhere_is_refused()
    {
        NewMessage sent = LinkTo(Worker).Seal(Id, Digest, [Request]);
        byte[] bytes = Convert.FromBase64String(sent.Message);
        for (int i = 0; i < bytes.Length; i += 3)
        {
            byte[] changed = [.. bytes];
            changed[i] ^= 0x01;
            Assert.IsFalse(
                Open(Worker, sent with { Message = Convert.ToBase64String(changed) }).Succeeded(out OpenedMessage? opened, out _)
                && opened.Signer is not null && !opened.Signer.Encoded.Span.SequenceEqual(Ra.Certificate.Encoded.Span)
                && opened.Signer.IsSignedBy(Management.Certificate.PublicKey), // a certificate that was bent is no RA's any more
                $"byte {i} of {bytes.Length}");
        }
    }

    /// <summary>Whoever owns the database can write another text around the same signature; it is the same request.</summary>
    [TestMethod]
    public void Flaw_B4_What_is_changed_around_the_signature_makes_no_other_request()
    {
        NewMessage sent = new ExtRaLink(Ra, new ServiceTrust([Worker.Certificate], null), new(Signed: true, Encrypted: false), SubMessageCatalog.BuiltIn, Clock).Seal(Id, Digest, [Request]);
        byte[] signed = Convert.FromBase64String(sent.Message);
        byte[] digest = Open(Worker, sent).OrThrow().SignedDigest!;
        byte[] otherVersion = [.. signed];
        otherVersion[signed.AsSpan().IndexOf("\u0002\u0001\u0001"u8) + 2] = 0x03;
        Assert.AreEqual(0x82, signed[1], "the message has a length of two octets");
        byte[] longForm = [0x30, 0x84, 0, 0, .. signed.AsSpan(2)];
        foreach (byte[] changed in (byte[][])[otherVersion, longForm, Enveloped(signed), Enveloped(signed)])
        {
            OpenedMessage opened = Open(Worker, sent with { Message = Convert.ToBase64String(changed) }).OrThrow();
            CollectionAssert.AreEqual(digest, opened.SignedDigest);
        }

        CollectionAssert.AreNotEqual(digest, Open(Worker, LinkTo(Worker).Seal(Id, Digest, [Request with { RequestId = 8 }])).OrThrow().SignedDigest);
        static byte[] Enveloped(byte[] signed) =>
            EnvelopedData.Encrypt(signed, Worker.Certificate, ContentCipher.Aes256Cbc, KeyTransport.Strongest, RandomNumberGenerator.Fill);
    }

    [TestMethod]
    [DataRow(ContentCipher.TripleDesCbc)]
    [DataRow(ContentCipher.DesCbc)]
    public void What_is_encrypted_with_an_old_cipher_is_refused(ContentCipher cipher)
    {
        byte[] sealedWeakly = EnvelopedData.Encrypt("{}"u8.ToArray(), RsaWorker.Certificate, cipher, KeyTransport.Pkcs1, RandomNumberGenerator.Fill);
        NewMessage sent = LinkTo(RsaWorker).Seal(Id, Digest, [Request]) with { Message = Convert.ToBase64String(sealedWeakly) };
        Refused(RefusalCode.UnsupportedAlgorithm, Open(RsaWorker, sent));
    }

    [TestMethod]
    [DataRow("", DisplayName = "nothing")]
    [DataRow("AAAA", DisplayName = "not ASN.1")]
    [DataRow("MAA=", DisplayName = "an empty SEQUENCE")]
    [DataRow("!!!!", DisplayName = "not base64")]
    [DataRow("<?xml version=\"1.0\"?>", DisplayName = "XML")]
    public void What_is_no_message_is_refused_as_malformed(string column) =>
        Refused(RefusalCode.Malformed, Open(Worker, LinkTo(Worker).Seal(Id, Digest, [Request]) with { Message = column }));

    [TestMethod]
    public void Flaw_A5_Line_breaks_and_bytes_at_the_end_are_refused()
    {
        NewMessage sent = LinkTo(Worker).Seal(Id, Digest, [Request]);
        Refused(RefusalCode.Malformed, Open(Worker, sent with { Message = sent.Message.Insert(64, "\n") }));
        byte[] longer = [.. Convert.FromBase64String(sent.Message), 0];
        Refused(RefusalCode.Malformed, Open(Worker, sent with { Message = Convert.ToBase64String(longer) }));
    }

    [TestMethod]
    public void Flaw_D4_A_message_for_somebody_else_says_so()
    {
        NewMessage sent = LinkTo(RsaWorker).Seal(Id, Digest, [Request]);
        Refused(RefusalCode.WrongRecipient, Open(Worker, sent));
    }

    [TestMethod]
    public void Flaw_D5_A_link_configured_for_protection_never_falls_back()
    {
        var withoutKey = new ExtRaLink(null, new ServiceTrust([Worker.Certificate], null), Protection.Full, SubMessageCatalog.BuiltIn, Clock);
        Assert.ThrowsExactly<InvalidOperationException>(() => withoutKey.Seal(Id, Digest, [Request]));
        var withoutReceiver = new ExtRaLink(Ra, null, Protection.Full, SubMessageCatalog.BuiltIn, Clock);
        Assert.ThrowsExactly<InvalidOperationException>(() => withoutReceiver.Seal(Id, Digest, [Request]));
    }

    [TestMethod]
    public void Flaw_D6_An_answer_from_anybody_else_is_refused()
    {
        NewMessage sent = LinkTo(Worker).Seal(Id, Digest, [Request]);
        Refused(RefusalCode.UnknownIssuer, LinkTo(Worker).OpenAnswer(Row(Answer(Management.Issue("CN=worker9"), sent)), sent.Message));
        Refused(RefusalCode.DecryptionFailed, LinkTo(Worker).OpenAnswer(Row(Answer(null, sent)), sent.Message));
        Refused(RefusalCode.NotSigned, LinkTo(Worker).OpenAnswer(Row(Answer(null, sent, Protection.None)), sent.Message));
    }

    [TestMethod]
    public void An_answer_signed_under_the_configured_issuer_is_believed_if_the_certificate_may_sign()
    {
        NewMessage sent = LinkTo(Worker).Seal(Id, Digest, [Request]);
        var link = new ExtRaLink(Ra, new ServiceTrust([Worker.Certificate], Management.Certificate), Protection.Full, SubMessageCatalog.BuiltIn, Clock);
        Assert.IsTrue(link.OpenAnswer(Row(Answer(Management.Issue("CN=worker3"), sent)), sent.Message).Succeeded(out _, out _));
        Refused(RefusalCode.Expired, link.OpenAnswer(
            Row(Answer(Management.Issue("CN=worker4", shape: new() { NotAfter = TestPki.Noon.AddDays(-1) }), sent)), sent.Message));
        Refused(RefusalCode.WrongKeyUsage, link.OpenAnswer(
            Row(Answer(Management.Issue("CN=worker5", shape: new() { Usage = KeyUsages.KeyAgreement }), sent)), sent.Message));
    }

    [TestMethod]
    public void A_successful_answer_in_clear_is_refused_a_failure_is_not()
    {
        NewMessage sent = LinkTo(Worker).Seal(Id, Digest, [Request]);
        Refused(RefusalCode.NotEncrypted, LinkTo(Worker).OpenAnswer(Row(Answer(Worker, sent, new(true, false))), sent.Message));
        string failure = Seal(Worker, sent, new(true, false), PKCS10Response.Failure(7, RefusalCode.NotAuthorized));
        Assert.IsTrue(LinkTo(Worker).OpenAnswer(Row(failure), sent.Message).Succeeded(out _, out _));
    }

    [TestMethod, NeedsTool("openssl")]
    [DataRow("P-256", DisplayName = "EC keys on both sides")]
    [DataRow("RSA2048", DisplayName = "an RSA worker")]
    public void Openssl_reads_the_native_format(string workerKey)
    {
        using var folder = new ScratchDirectory();
        KeyStore worker = Management.Issue("CN=worker-openssl", workerKey);
        byte[] message = Convert.FromBase64String(LinkTo(worker).Seal(Id, Digest, [Request]).Message);
        File.WriteAllBytes(folder.File("message.der"), message);
        File.WriteAllBytes(folder.File("key.der"), worker.Key.ExportPkcs8());
        File.WriteAllText(folder.File("worker.pem"), worker.Certificate.ToPem() + "\n");
        File.WriteAllText(folder.File("ca.pem"), Management.Certificate.ToPem() + "\n");

        OpenSsl(folder, "cms -decrypt -inform DER -in message.der -inkey key.der -keyform DER -recip worker.pem -binary -out signed.der");
        OpenSsl(folder, "cms -verify -inform DER -in signed.der -CAfile ca.pem -purpose any -no_check_time -binary -out message.json");
        StringAssert.StartsWith(File.ReadAllText(folder.File("message.json")), """{"v":2,"kind":"request",""", StringComparison.Ordinal);
    }

    private static PKCS10Request Request { get; } = new()
    {
        RequestId = 7,
        Username = "router1",
        SubjectDn = "CN=router1,O=Test",
        EndEntityProfileName = "SCEP",
        CertificateProfileName = "SCEP",
        CaName = "ScepCA",
        Pkcs10 = [0x30, 0x00],
    };

    private static ExtRaLink LinkTo(KeyStore worker) =>
        new(Ra, new ServiceTrust([worker.Certificate], null), Protection.Full, SubMessageCatalog.BuiltIn, Clock);

    private static Outcome<OpenedMessage> Open(KeyStore worker, NewMessage message) =>
        new MessageOpener(new MessageJson(SubMessageCatalog.BuiltIn), worker)
            .Open(new RowIdentity(message.UniqueId, message.MessageId, message.Type, MessageKind.Request), message.Message);

    private static string Answer(KeyStore? worker, NewMessage request, Protection? protection = null) =>
        Seal(worker, request, protection ?? new(Signed: worker is not null, Encrypted: true), PKCS10Response.Issued(7, [1], [2]));

    private static string Seal(KeyStore? worker, NewMessage request, Protection protection, Response response) =>
        new MessageSealer(worker, Clock).Seal(
            new MessageContent
            {
                Kind = MessageKind.Response,
                UniqueId = request.UniqueId,
                MessageId = request.MessageId,
                Type = request.Type,
                Created = Clock.GetUtcNow(),
                InReplyTo = MessageIds.ColumnHash(request.Message),
                SubMessages = [response],
            },
            protection,
            Ra.Certificate);

    private static MessageRow Row(string answer) => new(
        Id.UniqueId, Id.MessageId, Id.Type, MessageStatus.Processed, CreateTime: 0, ModifyTime: 0, answer, Digest, Attempts: 1, NotBefore: null, LeaseOwner: null, LeaseUntil: null);

    private static void Refused<T>(RefusalCode code, Outcome<T> outcome)
        where T : class
    {
        Assert.IsFalse(outcome.Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(code, refusal.Code, refusal.Detail);
    }

    private static void OpenSsl(ScratchDirectory folder, string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("openssl", arguments) { WorkingDirectory = folder.Path, RedirectStandardError = true })!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, errors);
    }
}
