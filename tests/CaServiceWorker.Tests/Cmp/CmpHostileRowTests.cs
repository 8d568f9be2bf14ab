using System.Text;
using System.Text.Json.Nodes;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;

namespace CaServiceWorker.Tests.Cmp;

/// <summary>
/// A message database in the hands of somebody else (CMP_PEERS V27), and clients whose names are made for logs (V8, CMP-L-3):
/// rows of a real proxy, changed before the worker sees them.
/// </summary>
[TestClass]
public sealed class CmpHostileRowTests
{
    private const string Nasty = "%n%s{0}<script>\r\nALARM: all is well\u001b[2J\u202e";

    private static readonly TimeSpan Patience = Eventually.Patience;

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow("the requests of two rows swapped")]
    [DataRow("an octet changed")]
    [DataRow("moved to another kind of row")]
    public async Task V27_A_row_that_was_changed_is_never_processed(string what)
    {
        await using CmpWorld world = await CmpWorld.CreateAsync(Cancel);
        Uri url = await world.StartProxyAsync(Cancel, settings => settings[$"CmpProxy:Aliases:{CmpWorld.Alias}:HoldTimeout"] = "00:00:00");
        foreach (string name in (string[])["user1", "user2"])
        {
            using KeyPair key = KeyPair.Generate("P-256");
            await world.StatusAsync(url, world.Begin(name).Next(CmpWorld.Request(PkiBodyKind.InitializationRequest, name, key)), Cancel);
        }

        await RunAsync(world, what switch
        {
            "an octet changed" => "update message set message = overlay(message placing case substr(message, length(message) / 2, 1) when 'A' then 'B' else 'A' end from length(message) / 2 for 1)",
            "moved to another kind of row" => "update message set type = 1",
            _ => "update message a set message = b.message from message b where a.uniqueid <> b.uniqueid",
        });
        await world.System.StartWorkerAsync(Cancel);

        await Eventually.BecomesTrueAsync(async cancel => (await world.System.Messages.Messages.StatsAsync(cancel)).Processed == 2, Patience, Cancel, "both are answered");
        Assert.AreEqual("0\t0", await world.System.CountAsync("select (select count(*) from certificate where username like 'user%'), (select count(*) from cmp_transaction)", Cancel));
        Assert.AreEqual("2", await world.System.CountAsync("select count(*) from audit_record where details like '%NotBound%' or details like '%BadSignature%' or details like '%Malformed%' or details like '%WrongRecipient%'", Cancel));
    }

    [TestMethod]
    public async Task V27_A_request_that_is_put_back_gets_the_answer_it_got_and_nothing_is_done_twice()
    {
        await using CmpWorld world = await CmpWorld.CreateAsync(Cancel);
        Uri url = await world.StartProxyAsync(Cancel, settings => settings[$"CmpProxy:Aliases:{CmpWorld.Alias}:HoldTimeout"] = "00:00:00");
        using KeyPair key = KeyPair.Generate("P-256");
        PkiMessage request = world.Begin("3078").Next(CmpWorld.Request(PkiBodyKind.InitializationRequest, "user1", key));
        await world.StatusAsync(url, request, Cancel);
        await RunAsync(world, "create table captured as select * from message");
        await world.System.StartWorkerAsync(Cancel);
        await AnsweredAsync();
        byte[] first = await world.PostAsync(url, request, Cancel);

        await RunAsync(world, "delete from message; insert into message select * from captured");
        await AnsweredAsync();

        CollectionAssert.AreEqual(first, await world.PostAsync(url, request, Cancel));
        Assert.AreEqual("1\t1", await world.System.CountAsync("select (select count(*) from certificate where username = 'user1'), (select count(*) from cmp_transaction)", Cancel));

        Task AnsweredAsync() => Eventually.BecomesTrueAsync(async cancel => (await world.System.Messages.Messages.StatsAsync(cancel)).Processed == 1, Patience, Cancel, "it is answered");
    }

    [TestMethod]
    public async Task V27_P2_What_a_proxy_may_bring_is_CMP_and_nothing_else()
    {
        await using CmpWorld world = await CmpWorld.CreateAsync(Cancel);
        world.System.WorkerSection["WhiteList"] = new JsonArray("CMPRequest");
        Uri url = await world.StartProxyAsync(Cancel);
        await world.System.StartWorkerAsync(Cancel);

        Outcome<ExtRa.Messages.Client.ExtRaAnswer> other = await world.System.Client.SendAsync([TestSystem.Enrol("victim")], Patience, Cancel);

        Assert.AreEqual(RefusalCode.NotAuthorized, other.OrThrow().Responses.Single().Reason, "signed with the proxy's own key");
        Assert.AreEqual("0", await world.System.CountAsync("select count(*) from certificate where username = 'victim'", Cancel));
        using KeyPair key = KeyPair.Generate("P-256");
        CmpClientTransaction transaction = world.Begin("3078");
        CmpClientTransaction.IssuedIn(transaction.Read(await world.PostAsync(url, transaction.Next(CmpWorld.Request(PkiBodyKind.InitializationRequest, "user1", key)), Cancel)).OrThrow()).OrThrow();
    }

    [TestMethod]
    public async Task V8_L3_Names_made_for_logs_forge_no_line_in_log_or_audit()
    {
        await using CmpWorld world = await CmpWorld.CreateAsync(Cancel);
        world.System.Configuration["Logging"]!["LogLevel"]!["Default"] = "Debug";
        var log = new CapturedLog();
        Uri url = await world.StartProxyAsync(Cancel);
        await world.System.StartWorkerAsync(Cancel, log.AddTo);
        DistinguishedName name = Der.Decode<DistinguishedName>(NameOf(Nasty)).OrThrow();
        using KeyPair key = KeyPair.Generate("P-256");
        PkiBody request = CmpClientTransaction.RequestFor(PkiBodyKind.InitializationRequest, key, new() { Subject = name });
        PkiBody error = new PkiBody.Error(new(PkiStatusInfo.Rejected(PkiFailureInfo.BadRequest, Nasty), null, PkiFreeText.Of(Nasty)));
        foreach (PkiBody body in (PkiBody[])[request, error])
        {
            foreach (string secret in (string[])[CmpWorld.SecretText, "a guess or two"])
            {
                using Secret shared = Secret.FromText(secret);
                using MacKey mac = PasswordBasedMac.Create(new byte[16], 500).DeriveKey(shared);
                PkiHeader header = new()
                {
                    Sender = GeneralName.Directory(name),
                    SenderKeyId = Encoding.UTF8.GetBytes(Nasty),
                    TransactionId = Guid.NewGuid().ToByteArray(),
                    SenderNonce = Guid.NewGuid().ToByteArray(),
                    MessageTime = DateTimeOffset.UtcNow,
                    FreeText = PkiFreeText.Of(Nasty),
                };
                byte[] answer = await world.PostAsync(url, MessageProtection.Mac(header, body, mac), Cancel);
                Assert.DoesNotContain("ALARM", Encoding.Latin1.GetString(PkiMessage.Read(answer).OrThrow().BodyEncoded.Span), "no echo");
            }
        }

        Assert.IsFalse(log.Lines.SelectMany(line => line.Split('\n')).Any(line => line.TrimStart().StartsWith("ALARM", StringComparison.Ordinal)), "a line of its own");
        Assert.IsFalse(log.Lines.Any(line => line.AsSpan().IndexOfAny('\u001b', '\u202e') >= 0), "what a terminal obeys");
        string audit = await world.System.CountAsync("select string_agg(details, '') from audit_record where module = 'CMP' and details like '%alias%'", Cancel);
        StringAssert.Contains(audit, @"\r\nALARM: all is well\u001B", "kept as it came, escaped as JSON; who shows it makes it harmless");
        Assert.IsLessThan(0, audit.AsSpan().IndexOfAny("\r\n\u001b"));
    }

    private Task<string> RunAsync(CmpWorld world, string sql) => TestDatabases.RunPostgreSqlAsync(world.System.MessageConnection, sql, Cancel);

    private static byte[] NameOf(string text)
    {
        byte[] value = [0x0C, (byte)Encoding.UTF8.GetByteCount(text), .. Encoding.UTF8.GetBytes(text)];
        byte[] attribute = [0x06, 0x03, 0x55, 0x04, 0x03, .. value];
        return [0x30, (byte)(attribute.Length + 4), 0x31, (byte)(attribute.Length + 2), 0x30, (byte)attribute.Length, .. attribute];
    }
}
