using Pki.Protocols.Cmp;
using Pki.Protocols.X509;
using TestKit;

namespace CaServiceWorker.Tests.Cmp;

/// <summary>
/// A worker killed anywhere in an ir or a kur leaves one certificate. The client, held by its proxy, gets it; and a client
/// that gave up and repeats itself through another proxy gets the same (CMP-P-8, CMP-T-17).
/// </summary>
[TestClass]
public sealed class CmpKillTests
{
    private static readonly TimeSpan Patience = Eventually.Patience;

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    public static IEnumerable<object[]> Milestones => Enum.GetNames<Milestone>().Select(milestone => new object[] { milestone });

    /// <summary>CMP-M-1: the code is spent with the certificate, so what comes after the death is still protected with it.</summary>
    [TestMethod]
    [DynamicData(nameof(Milestones))]
    public async Task An_enrolment_code_is_spent_once_whatever_the_milestone(string milestone)
    {
        const string Code = "Only once 4711";
        await using CmpWorld world = await CmpWorld.CreateAsync(Cancel);
        await world.RegisterAsync("device", Code, Cancel);
        world.System.WorkerSection["ClaimLease"] = "00:00:01";
        Uri proxy = await world.StartProxyAsync(Cancel);
        using KeyPair key = KeyPair.Generate("P-256");
        CmpClientTransaction transaction = world.Begin("device", Code);
        PkiMessage message = transaction.Next(CmpWorld.Request(PkiBodyKind.InitializationRequest, "device", key));

        Task<byte[]> held = world.PostAsync(proxy, message, Cancel);
        await using WorkerProcess dying = WorkerProcess.Start(world.System.WriteConfiguration(), milestone);
        await dying.CrashesAsync(Patience, Cancel);
        await world.System.StartWorkerAsync(Cancel);
        byte[] answer = await held;
        byte[] again = await world.PostAsync(await world.StartProxyAsync(Cancel), message, Cancel);

        CollectionAssert.AreEqual(answer, again, "the same octets, the same answer");
        await world.ConfirmAsync(proxy, transaction, CmpClientTransaction.IssuedIn(transaction.Read(answer).OrThrow()).OrThrow(), Cancel);
        using KeyPair second = KeyPair.Generate("P-256");
        CmpClientTransaction late = world.Begin("device", Code);
        byte[] refused = await world.PostAsync(proxy, late.Next(CmpWorld.Request(PkiBodyKind.InitializationRequest, "device", second)), Cancel);
        Assert.AreEqual(PkiBodyKind.Error, PkiMessage.Read(refused).OrThrow().Body.Kind);
        Assert.AreEqual("1", await world.System.CountAsync("select count(*) from certificate where username = 'device'", Cancel));
    }

    public static IEnumerable<object[]> Deaths =>
        from request in (PkiBodyKind[])[PkiBodyKind.InitializationRequest, PkiBodyKind.KeyUpdateRequest]
        from milestone in Enum.GetNames<Milestone>()
        select new object[] { request, milestone };

    [TestMethod]
    [DynamicData(nameof(Deaths))]
    public async Task One_certificate_whatever_the_milestone_and_a_client_that_asks_again_gets_it(PkiBodyKind request, string milestone)
    {
        await using CmpWorld world = await CmpWorld.CreateAsync(Cancel);
        world.System.WorkerSection["ClaimLease"] = "00:00:01";
        Uri one = await world.StartProxyAsync(Cancel);
        bool isUpdate = request == PkiBodyKind.KeyUpdateRequest;
        using KeyStore? old = isUpdate ? await world.HolderAsync("user1", Cancel) : null;
        using KeyPair key = KeyPair.Generate("P-256");
        CmpClientTransaction transaction = old is null ? world.Begin("3078") : world.Begin(CmpCredentials.OfCertificate(old with { Chain = [] }));
        PkiMessage message = transaction.Next(CmpWorld.Request(request, "user1", key));

        Task<byte[]> held = world.PostAsync(one, message, Cancel);
        await using WorkerProcess dying = WorkerProcess.Start(world.System.WriteConfiguration(), milestone);
        await dying.CrashesAsync(Patience, Cancel);
        await world.System.StartWorkerAsync(Cancel);
        byte[] answer = await held;
        byte[] again = await world.PostAsync(await world.StartProxyAsync(Cancel), message, Cancel);

        CollectionAssert.AreEqual(answer, again, "the same octets, the same answer");
        Certificate issued = CmpClientTransaction.IssuedIn(transaction.Read(answer).OrThrow()).OrThrow();
        await world.ConfirmAsync(one, transaction, issued, Cancel);
        Assert.AreEqual("CN=user1,O=Test", issued.Subject.ToString());
        Assert.AreEqual(isUpdate ? "2" : "1", await world.System.CountAsync("select count(*) from certificate where username = 'user1'", Cancel));
        Assert.AreEqual("0", await world.System.CountAsync("select count(*) from issuance_plan", Cancel));
    }
}
