using System.Diagnostics;
using System.Security.Cryptography;
using Ca.Core.Approvals;
using Ca.Core.Authorities;
using Ca.Core.Cmp;
using Ca.Core.Issuance;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using ExtRa.Messages.Store;
using Pki.Protocols.Cmp;
using Pki.Protocols.X509;
using TestKit;

namespace CaServiceWorker.Tests.Cmp;

/// <summary>A request that people must agree to, through proxy, message database and worker (RFC 9810 §5.3.22; CMP-O-60 to O-63).</summary>
[TestClass]
public sealed class CmpPollTests
{
    private static readonly TimeSpan Patience = Eventually.Patience;

    private static readonly Actor Anna = Actor.With("CN=anna",
    [
        new(AccessResources.Administrator, AccessDecision.Accept),
        new(AccessResources.ApproveEndEntity, AccessDecision.Accept),
        new("/endentityprofilesrules", AccessDecision.AcceptRecursive),
        new(AccessResources.AnyCa, AccessDecision.AcceptRecursive),
    ]);

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(MessageDialect.PostgreSql)]
    [DataRow(MessageDialect.MariaDb)]
    public async Task Polls_are_understood_by_proxies_and_workers_that_were_not_there_for_the_request(MessageDialect dialect)
    {
        await using CmpWorld world = await StartAsync(dialect);
        using KeyPair key = KeyPair.Generate("P-256");
        CmpClientTransaction transaction = world.Begin("3078");
        Assert.AreEqual(PkiStatus.Waiting, StatusIn(await AskAsync(CmpWorld.Request(PkiBodyKind.InitializationRequest, "user1", key))));

        Assert.IsInstanceOfType<PkiBody.PollResponses>(await AskAsync(Poll));
        await ApproveAsync(world);
        PkiBody end = await AskAsync(Poll);

        await world.ConfirmAsync(await world.StartProxyAsync(Cancel), transaction, CmpClientTransaction.IssuedIn(end).OrThrow(), Cancel);
        Assert.AreEqual("1", await world.System.CountAsync("select count(*) from certificate where username = 'user1'", Cancel));

        // Each message finds a proxy and a worker of its own.
        async Task<PkiBody> AskAsync(PkiBody body)
        {
            await world.StopProxiesAsync();
            await world.System.StopWorkersAsync();
            Uri proxy = await world.StartProxyAsync(Cancel);
            await world.System.StartWorkerAsync(Cancel);
            return transaction.Read(await world.PostAsync(proxy, transaction.Next(body), Cancel)).OrThrow();
        }
    }

    [TestMethod, NeedsTool("openssl")]
    [DataRow("ir -newkey new.key -subject /O=Test/CN=user1")]
    [DataRow("p10cr -csr new.csr")]
    public async Task OpenSSL_polls_until_somebody_has_agreed(string command)
    {
        await using CmpWorld world = await StartAsync(MessageDialect.PostgreSql);
        Uri url = await world.StartProxyAsync(Cancel);
        await world.System.StartWorkerAsync(Cancel);
        using (Process made = OpenSsl(world, "req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout new.key -subj /O=Test/CN=user1 -out new.csr"))
        {
            await made.WaitForExitAsync(Cancel);
        }

        using Process client = OpenSsl(world, $"cmp -config \"\" -batch -server 127.0.0.1:{url.Port} -path {url.AbsolutePath} -ref 3078 -secret \"pass:{CmpWorld.SecretText}\" -cmd {command} -certout out.pem");
        Task<string> said = client.StandardOutput.ReadToEndAsync(Cancel);
        Task<string> complained = client.StandardError.ReadToEndAsync(Cancel);
        await Eventually.BecomesTrueAsync(async cancel => await world.System.CountAsync("select count(*) from approval", cancel) == "1", Patience, Cancel, "somebody is asked");
        await ApproveAsync(world);
        await client.WaitForExitAsync(Cancel);

        Assert.AreEqual(0, client.ExitCode, await said + await complained);
        StringAssert.Contains(await said, "sending POLLREQ");
        Assert.AreEqual("CN=user1,O=Test", Certificate.FromPem(await File.ReadAllTextAsync(world.System.PathOf("out.pem"), Cancel)).OrThrow().Subject.ToString());
    }

    /// <summary>CMP-O-60. What keeps the CA from finishing: another request for the same end entity is planned and not finished.</summary>
    [TestMethod, NeedsTool("openssl")]
    public async Task OpenSSL_polls_while_the_CA_cannot_finish_in_time()
    {
        await using CmpWorld world = await CmpWorld.CreateAsync(Cancel);
        await ChangeAsync(world, alias => alias with { AnswerWithin = TimeSpan.FromSeconds(1), CheckAfter = TimeSpan.FromSeconds(1) });
        var unfinished = new CaWork();
        using KeyPair other = KeyPair.Generate("P-256");
        (await world.System.Get<Issuer>().IssueAsync(
            new()
            {
                Actor = Actor.Internal("test"),
                PlanKey = new("another request", RandomNumberGenerator.GetBytes(32), 0),
                Username = "user1",
                SubjectDn = "CN=user1,O=Test",
                CaName = "IssuingCA",
                CreateOrEditUser = true,
                Request = CertificationRequest.Create(DistinguishedName.Parse("CN=user1,O=Test").OrThrow(), other, HashAlgorithmName.SHA256),
            },
            unfinished,
            Cancel)).OrThrow();
        Uri url = await world.StartProxyAsync(Cancel);
        await world.System.StartWorkerAsync(Cancel);
        using (Process made = OpenSsl(world, "ecparam -name prime256v1 -genkey -noout -out new.key"))
        {
            await made.WaitForExitAsync(Cancel);
        }

        using Process client = OpenSsl(world, $"cmp -config \"\" -batch -server 127.0.0.1:{url.Port} -path {url.AbsolutePath} -ref 3078 -secret \"pass:{CmpWorld.SecretText}\" -cmd ir -newkey new.key -subject /O=Test/CN=user1 -certout out.pem");
        Task<string> said = client.StandardOutput.ReadToEndAsync(Cancel);
        Task<string> complained = client.StandardError.ReadToEndAsync(Cancel);
        await Eventually.BecomesTrueAsync(async cancel => await world.System.CountAsync("select count(*) from cmp_transaction where state = 4 and asked_back_at > at", cancel) == "1", Patience, Cancel, "the client polls");
        await world.System.Get<ICaLedger>().CommitAsync(unfinished, Cancel);
        await client.WaitForExitAsync(Cancel);

        Assert.AreEqual(0, client.ExitCode, await said + await complained);
        StringAssert.Contains(await said, "sending POLLREQ");
        Assert.AreEqual("2", await world.System.CountAsync("select count(*) from certificate where username = 'user1'", Cancel));
        Assert.AreEqual("0", await world.System.CountAsync("select count(*) from issuance_plan", Cancel));
    }

    private static PkiBody Poll => new PkiBody.PollRequests([new(0)]);

    private static PkiStatus StatusIn(PkiBody body) => ((PkiBody.CertificateResponses)body).Content.Responses.Single().Status.Status;

    private static Process OpenSsl(CmpWorld world, string arguments) => Process.Start(new ProcessStartInfo("openssl", arguments)
    {
        WorkingDirectory = Path.GetDirectoryName(world.System.PathOf("x")),
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private async Task<CmpWorld> StartAsync(MessageDialect dialect)
    {
        CmpWorld world = await CmpWorld.CreateAsync(Cancel, dialect);
        Actor admin = Actor.Internal("test");
        (await world.System.Get<CertificateAuthorities>().SetSettingsAsync(admin, "IssuingCA", new() { Approvals = new() { AddEditEndEntity = 1 } }, Cancel)).OrThrow();
        await ChangeAsync(world, alias => alias with { CheckAfter = TimeSpan.FromSeconds(1) });
        return world;
    }

    private async Task ChangeAsync(CmpWorld world, Func<CmpAlias, CmpAlias> change)
    {
        CmpAliases aliases = world.System.Get<CmpAliases>();
        (await aliases.SetAsync(Actor.Internal("test"), CmpWorld.Alias, change((await aliases.FindAsync(CmpWorld.Alias, Cancel))!), Cancel)).OrThrow();
    }

    private async Task ApproveAsync(CmpWorld world)
    {
        long id = long.Parse(await world.System.CountAsync("select max(id) from approval where status = -1", Cancel), null);
        (await world.System.Get<ApprovalDesk>().ApproveAsync(Anna, id, "ok", Cancel)).OrThrow();
    }
}
