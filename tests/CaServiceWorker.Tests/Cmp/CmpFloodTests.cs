using Pki.Protocols.Cmp;
using Pki.Protocols.X509;

namespace CaServiceWorker.Tests.Cmp;

/// <summary>What strangers leave behind at the CA: they are free to ask as often as they like (CMP-L-4).</summary>
[TestClass]
public sealed class CmpFloodTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task L4_A_stranger_is_answered_and_not_remembered()
    {
        await using CmpWorld world = await CmpWorld.CreateAsync(Cancel);
        Uri proxy = await world.StartProxyAsync(Cancel);
        await world.System.StartWorkerAsync(Cancel);
        using KeyPair key = KeyPair.Generate("P-256");
        CmpClientTransaction stranger = world.Begin("stranger", "not the secret");

        byte[] answer = await world.PostAsync(proxy, stranger.Next(CmpWorld.Request(PkiBodyKind.InitializationRequest, "user1", key)), Cancel);

        Assert.AreEqual(PkiFailureInfo.BadMessageCheck, ((PkiBody.Error)PkiMessage.Read(answer).OrThrow().Body).Content.Status.Failure);
        Assert.AreEqual("0", await world.System.CountAsync("select count(*) from inbox", Cancel));
        Assert.AreEqual("1", await world.System.CountAsync("select count(*) from audit_record where details like '%CMP-X-4%'", Cancel));

        CmpClientTransaction known = world.Begin("3078");
        known.Read(await world.PostAsync(proxy, known.Next(CmpWorld.Request(PkiBodyKind.InitializationRequest, "user1", key)), Cancel)).OrThrow();
        Assert.AreEqual("2", await world.System.CountAsync("select count(*) from inbox", Cancel), "by its row, and by whoever sent it");
    }
}
