using System.Security.Cryptography;
using CaServiceWorker.Tests.Legacy;
using ExtRa.Legacy.Documents;
using ExtRa.Legacy.JavaStreams;
using ExtRa.Legacy.SubMessages;
using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Pki.Protocols.Cms;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace CaServiceWorker.Tests;

/// <summary>
/// Whoever may write rows may change what he cannot read, and reads the answer. CBC does not notice; the answer must not
/// tell how far the changed message came, or the worker decrypts for him (FLAWS.md D3; Vaudenay, Bleichenbacher).
/// </summary>
[TestClass]
public sealed class PaddingOracleTests
{
    private static readonly byte[] IdData = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01];

    private static TestSystem system = null!;
    private static LegacyRa legacy = null!;

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        CancellationToken cancel = context.CancellationToken;
        system = await TestSystem.CreateAsync(cancel);
        KeyStore worker = await LegacyRa.IssueAsync(system, "oracle-worker", cancel, member: false); // RSA: the worst case, a key with PKCS#1 padding
        legacy = new LegacyRa(system, MessageDialect.PostgreSql, await LegacyRa.IssueAsync(system, "oracle-ra", cancel), worker, JavaMapKind.HashMap);
        system.WorkerSection["LegacyRequests"] = "Accept";
        system.UseWorker(worker);
        await system.StartWorkerAsync(cancel);
    }

    [ClassCleanup]
    public static async Task StopAsync() => await system.DisposeAsync();

    [TestMethod]
    public async Task The_answer_to_a_native_message_tells_nothing_of_what_came_out_of_the_decryption()
    {
        byte[] good = Convert.FromBase64String(system.Seal(RawMessages.Content(RawMessages.NewId(), TestSystem.Enrol("victim")), system.Ra));
        var answers = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string what, byte[] envelope) in Changed(good, "{}"u8.ToArray()))
        {
            RequestId id = RawMessages.NewId();
            string column = Convert.ToBase64String(envelope);
            await system.StoreAsync(id, column, Cancel);
            Response response = (await system.AnswerAsync(id, column, requester: null, Cancel)).Single();
            Assert.AreEqual(RefusalCode.DecryptionFailed, response.Reason, what);
            answers.Add(System.Text.Encoding.UTF8.GetString(MessageJson.WriteOne(response)));
        }

        Assert.HasCount(1, answers);
    }

    [TestMethod]
    public async Task The_answer_to_a_legacy_message_tells_nothing_of_what_came_out_of_the_decryption()
    {
        byte[] stream = JavaMapList.Write([SubMessageWriter.Write(TestSystem.Enrol("victim"), JavaMapKind.HashMap)]);
        byte[] good = LegacyDocument.Read(legacy.Seal(stream, Protection.Full)).OrThrow().Payload;
        foreach (bool saysSigned in (bool[])[true, false])
        {
            var answers = new HashSet<string>(StringComparer.Ordinal);
            foreach ((string what, byte[] envelope) in Changed(good, stream))
            {
                string document = new LegacyDocument(saysSigned, Encrypted: true, envelope).Write();
                LegacyAnswer answer = await legacy.AnswerAsync(await legacy.StoreAsync(RandomNumberGenerator.GetHexString(16), document, Cancel), Cancel);
                Assert.AreEqual(FailInfoText.Of(saysSigned ? RefusalCode.DecryptionFailed : RefusalCode.NotSigned), answer["FAILINFO"], what);
                answers.Add(string.Join('|', answer.Only.Entries));
            }

            Assert.HasCount(1, answers);
        }
    }

    /// <summary>What an attacker can make of a message that he took from the table.</summary>
    private static IEnumerable<(string What, byte[] Envelope)> Changed(byte[] good, byte[] unsigned)
    {
        yield return ("the padding is wrong", Flip(good, good.Length - 17, 0x80)); // a bit of the last block's last octet
        yield return ("the padding is right, the signature is not", Flip(good, good.Length - 60, 0x01));
        yield return ("the first block is another", Flip(good, good.AsSpan().IndexOf(IdData) + IdData.Length + 20, 0x01)); // in the IV or behind it
        yield return ("the content key does not come out", Flip(good, good.AsSpan().IndexOf(IdData) - 30, 0x01));
        yield return ("rubbish", Encrypt(RandomNumberGenerator.GetBytes(200)));
        yield return ("nothing but padding", Encrypt([]));
        yield return ("readable, but not signed", Encrypt(unsigned));
        yield return ("readable in its layer, but not signed", Encrypt([0x30, 0x0F, .. IdData, 0xA0, 0x02, 0x04, 0x00]));
        yield return ("signed with a digest that is not believed", Encrypt(Sign("{}"u8.ToArray(), HashAlgorithmName.SHA1)));
    }

    private static byte[] Sign(byte[] content, HashAlgorithmName digest) =>
        SignedData.Sign(content, new CmsSigner(legacy.Own.Key, legacy.Own.Certificate, digest) { SigningTime = DateTimeOffset.UtcNow });

    private static byte[] Encrypt(byte[] content) =>
        EnvelopedData.Encrypt(content, system.Worker.Certificate, ContentCipher.Aes256Cbc, KeyTransport.Pkcs1, RandomNumberGenerator.Fill);

    private static byte[] Flip(byte[] message, int at, byte bits)
    {
        byte[] changed = [.. message];
        changed[at] ^= bits;
        return changed;
    }
}
