using Pki.Protocols.Cmp;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests;

/// <summary>Who begins transactions and ends none fills no table, and takes nobody else's place (CMP-L-4).</summary>
[TestClass]
public sealed class FloodTests
{
    private const int Cap = 3;

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task L4_A_flood_of_one_requester_is_capped_and_others_are_served()
    {
        await using CmpCa ca = await StartAsync();
        for (int i = 0; i < Cap; i++)
        {
            Answers.CertificateOf(await IrAsync(ca, "flooder", i));
        }

        for (int i = Cap; i < Cap * 5; i++)
        {
            Answers.IsError(PkiFailureInfo.SystemUnavail, await IrAsync(ca, "flooder", i));
        }

        Answers.CertificateOf(await IrAsync(ca, "another", 0));
        Assert.AreEqual($"{Cap + 1}\t{Cap + 1}", await ca.CountAsync("select (select count(*) from cmp_transaction), (select count(*) from certificate where type = 1)", Cancel), "what was refused left nothing");
    }

    [TestMethod]
    public async Task L4_What_is_confirmed_or_has_run_out_makes_room_again()
    {
        await using CmpCa ca = await StartAsync();
        TestClient honest = TestClient.WithSecret(ca, "device");
        Certificate issued = Answers.CertificateOf(await honest.IrAsync("CN=first,O=Test", Cancel));
        for (int i = 1; i < Cap; i++)
        {
            Answers.CertificateOf(await IrAsync(ca, "device", i));
        }

        Answers.IsError(PkiFailureInfo.SystemUnavail, await IrAsync(ca, "device", Cap));
        Answers.IsConfirmation(await honest.ConfirmAsync(issued, Cancel));
        Answers.CertificateOf(await IrAsync(ca, "device", Cap + 1));
        Answers.IsError(PkiFailureInfo.SystemUnavail, await IrAsync(ca, "device", Cap + 2));

        ca.Clock.Advance(TimeSpan.FromMinutes(6));
        await ca.Get<UnconfirmedCertificates>().SweepAsync(ca.Clock.GetUtcNow() - TimeSpan.FromDays(1), Cancel);
        Answers.CertificateOf(await IrAsync(ca, "device", Cap + 3));

        ca.Clock.Advance(TimeSpan.FromDays(2));
        await ca.Get<UnconfirmedCertificates>().SweepAsync(ca.Clock.GetUtcNow(), Cancel);
        await ca.Get<UnconfirmedCertificates>().SweepAsync(ca.Clock.GetUtcNow(), Cancel);
        Assert.AreEqual("0", await ca.CountAsync("select count(*) from cmp_transaction", Cancel), "the table does not grow");
    }

    private Task<PkiMessage> IrAsync(CmpCa ca, string keyId, int i) => TestClient.WithSecret(ca, keyId).IrAsync($"CN={keyId}{i},O=Test", Cancel);

    private Task<CmpCa> StartAsync() => CmpCa.StartAsync(Cancel, alias => alias with { MaxOpenTransactions = Cap });
}
