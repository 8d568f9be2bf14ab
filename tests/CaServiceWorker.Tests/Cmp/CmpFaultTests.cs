using System.Globalization;
using Pki.Protocols.Cmp;
using Pki.Protocols.X509;
using TestKit;

namespace CaServiceWorker.Tests.Cmp;

/// <summary>Faults that nobody expected, through proxy and worker (CMP-E-6, CMP-X-18): a trigger in the CA database makes them.</summary>
[TestClass]
public sealed class CmpFaultTests
{
    private const string Inside = "what happens inside";

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task X18_A_fault_that_every_try_meets_becomes_a_protected_error_that_tells_nothing_of_it()
    {
        await using CmpWorld world = await CmpWorld.CreateAsync(Cancel);
        var log = new CapturedLog();
        await BreakAsync(world, "P0001", times: int.MaxValue);
        Uri proxy = await world.StartProxyAsync(Cancel);
        await world.System.StartWorkerAsync(Cancel, log.AddTo);
        CmpClientTransaction transaction = world.Begin("3078");
        using KeyPair key = KeyPair.Generate("P-256");

        byte[] answer = await world.PostAsync(proxy, transaction.Next(CmpWorld.Request(PkiBodyKind.InitializationRequest, "user1", key)), Cancel);

        var error = (PkiBody.Error)transaction.Read(answer).OrThrow(); // its protection is right
        Assert.AreEqual(PkiFailureInfo.SystemFailure, error.Content.Status.Failure);
        Assert.AreEqual("CMP-X-18: It failed here.", error.Content.Status.Text?.ToString());
        Assert.AreEqual("0", await world.System.CountAsync("select count(*) from certificate where username = 'user1'", Cancel));
        Assert.AreEqual("1", await world.System.CountAsync("select count(*) from audit_record where details like '%CMP-X-18%'", Cancel));
        StringAssert.Contains(Assert.ContainsSingle(line => line.Contains("a CMPRequest, failed", StringComparison.Ordinal), log.Lines), Inside, "the fault with its stack");

        await TestDatabases.RunPostgreSqlAsync(world.System.CaDatabase, "drop trigger fault on cmp_transaction", Cancel);
        using KeyPair other = KeyPair.Generate("P-256"); // the first key is planned for user1
        CmpClientTransaction next = world.Begin("3079");
        PkiBody issued = next.Read(await world.PostAsync(proxy, next.Next(CmpWorld.Request(PkiBodyKind.InitializationRequest, "user2", other)), Cancel)).OrThrow();
        CmpClientTransaction.IssuedIn(issued).OrThrow();
    }

    [TestMethod]
    public async Task E6_A_fault_that_passes_costs_the_client_nothing_but_time()
    {
        await using CmpWorld world = await CmpWorld.CreateAsync(Cancel);
        await BreakAsync(world, "53300", times: 2 * (Faults.TriesOfTheUnexpected + 1)); // the ledger tries a unit of its own again
        Uri proxy = await world.StartProxyAsync(Cancel);
        await world.System.StartWorkerAsync(Cancel);
        CmpClientTransaction transaction = world.Begin("3078");
        using KeyPair key = KeyPair.Generate("P-256");

        PkiBody answer = transaction.Read(await world.PostAsync(proxy, transaction.Next(CmpWorld.Request(PkiBodyKind.InitializationRequest, "user1", key)), Cancel)).OrThrow();

        Assert.IsTrue(CmpClientTransaction.IssuedIn(answer).Succeeded(out _, out _));
        Assert.AreEqual("1", await world.System.CountAsync("select count(*) from certificate where username = 'user1'", Cancel));
    }

    private Task BreakAsync(CmpWorld world, string sqlState, int times) => TestDatabases.RunPostgreSqlAsync(world.System.CaDatabase, string.Create(CultureInfo.InvariantCulture, $"""
        create sequence faults;
        create function fault() returns trigger language plpgsql as $$ begin
            if nextval('faults') <= {times} then raise exception '{Inside}' using errcode = '{sqlState}'; end if;
            return new;
        end $$;
        create trigger fault before insert on cmp_transaction for each row execute function fault()
        """), Cancel);
}
