using Ca.Core.Authorities;
using Ca.Core.Roles;
using ExtRa.Messages.Store;
using Pki.Protocols.Cmp;
using Pki.Protocols.X509;

namespace CaServiceWorker.Tests.Cmp;

/// <summary>The same octets again, through proxy and worker: the same answer, unless that one said come again (CMP-T-17, X-17).</summary>
[TestClass]
public sealed class CmpRepeatTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow("00:10:00", DisplayName = "the proxy has the answer")]
    [DataRow("00:00:00", DisplayName = "the CA has it")]
    public async Task T17_O25_A_certConf_that_is_sent_again_gets_the_same_octets(string replayWindow)
    {
        await using CmpWorld world = await CmpWorld.CreateAsync(Cancel);
        Uri[] proxies = [await StartAsync(), await StartAsync()];
        await world.System.StartWorkerAsync(Cancel);
        CmpClientTransaction transaction = world.Begin("3078");
        using KeyPair key = KeyPair.Generate("P-256");
        byte[] issued = await world.PostAsync(proxies[0], transaction.Next(CmpWorld.Request(PkiBodyKind.InitializationRequest, "user1", key)), Cancel);
        PkiMessage confirmation = transaction.Next(CmpClientTransaction.ConfirmationOf(CmpClientTransaction.IssuedIn(transaction.Read(issued).OrThrow()).OrThrow()).OrThrow());

        byte[] first = await world.PostAsync(proxies[0], confirmation, Cancel);
        byte[][] again = [await world.PostAsync(proxies[0], confirmation, Cancel), await world.PostAsync(proxies[1], confirmation, Cancel)];

        Assert.AreEqual(PkiBodyKind.PkiConfirmation, transaction.Read(first).OrThrow().Kind);
        foreach (byte[] repeated in again)
        {
            CollectionAssert.AreEqual(first, repeated);
        }

        Task<Uri> StartAsync() => world.StartProxyAsync(Cancel, settings => settings[$"CmpProxy:Aliases:{CmpWorld.Alias}:ReplayWindow"] = replayWindow);
    }

    [TestMethod]
    [DataRow(MessageDialect.PostgreSql)]
    [DataRow(MessageDialect.MariaDb)]
    public async Task X17_A_request_that_was_told_to_come_again_is_processed_anew_and_once(MessageDialect dialect)
    {
        await using CmpWorld world = await CmpWorld.CreateAsync(Cancel, dialect);
        Uri url = await world.StartProxyAsync(Cancel);
        Uri other = await world.StartProxyAsync(Cancel);
        await world.System.StartWorkerAsync(Cancel);
        CmpClientTransaction transaction = world.Begin("3078");
        using KeyPair key = KeyPair.Generate("P-256");
        PkiMessage request = transaction.Next(CmpWorld.Request(PkiBodyKind.InitializationRequest, "user1", key));
        await SetOfflineAsync(world, offline: true);
        for (int i = 0; i < 3; i++)
        {
            Assert.AreEqual(PkiFailureInfo.SystemUnavail, ((PkiBody.Error)PkiMessage.Read(await world.PostAsync(i == 1 ? other : url, request, Cancel)).OrThrow().Body).Content.Status.Failure);
        }

        await SetOfflineAsync(world, offline: false);
        byte[] answer = await world.PostAsync(url, request, Cancel);
        byte[] again = await world.PostAsync(other, request, Cancel);

        CmpClientTransaction.IssuedIn(transaction.Read(answer).OrThrow()).OrThrow();
        CollectionAssert.AreEqual(answer, again, "T-17 from now on");
        Assert.AreEqual("1", await world.System.CountAsync("select count(*) from certificate where username = 'user1'", Cancel));
    }

    private async Task SetOfflineAsync(CmpWorld world, bool offline) =>
        (await world.System.Get<CertificateAuthorities>().SetOfflineAsync(Actor.Internal("test"), "IssuingCA", offline, Cancel)).OrThrow();
}
