using Ca.Core.Cmp;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;

namespace Ca.Cmp.Tests;

/// <summary>The CMP RA secret of a CA (CMP-A-5): in RA mode, where sender and alias have none.</summary>
[TestClass]
public sealed class CaSecretTests
{
    private const string OfCa = "the secret of the CA";

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task It_counts_where_nothing_nearer_is_configured()
    {
        await using CmpCa ca = await StartAsync(CmpMode.Ra);
        TestClient client = TestClient.WithSecret(ca, secret: OfCa);
        Answers.IsError(PkiFailureInfo.BadMessageCheck, await client.IrAsync("CN=a,O=Test", Cancel)); // the alias has its own

        await ca.CountAsync("delete from cmp_secret", Cancel);
        PkiMessage answer = await TestClient.WithSecret(ca, secret: OfCa).IrAsync("CN=a,O=Test", Cancel);

        Assert.IsTrue(client.Believes(answer));
        Answers.CertificateOf(answer);
        await ca.SetSecretAsync("device-9", "its very own", keepOthers: false, Cancel);
        Answers.IsError(PkiFailureInfo.BadMessageCheck, await TestClient.WithSecret(ca, "device-9", OfCa).IrAsync("CN=b,O=Test", Cancel));
        Answers.CertificateOf(await TestClient.WithSecret(ca, "device-9", "its very own").IrAsync("CN=b,O=Test", Cancel));
    }

    /// <summary>An alias that is shut by taking its secrets away must not open to a secret of others.</summary>
    [TestMethod]
    public async Task It_counts_only_where_the_alias_says_so_and_as_long_as_it_is_there()
    {
        await using CmpCa ca = await StartAsync(CmpMode.Ra);
        await ca.CountAsync("delete from cmp_secret", Cancel);
        await ca.ChangeAsync(alias => alias with { Authentication = [new(CmpModule.Hmac)] }, Cancel);
        Answers.IsError(PkiFailureInfo.BadMessageCheck, await TestClient.WithSecret(ca, secret: OfCa).IrAsync("CN=a,O=Test", Cancel));

        await ca.ChangeAsync(alias => alias with { Authentication = [new(CmpModule.Hmac, "-")] }, Cancel);
        Answers.CertificateOf(await TestClient.WithSecret(ca, secret: OfCa).IrAsync("CN=a,O=Test", Cancel));
        Assert.HasCount(1, (await ca.Get<CmpCaSecrets>().RemoveAsync(ca.Admin, CmpCa.CaName, Cancel)).OrThrow());
        Answers.IsError(PkiFailureInfo.BadMessageCheck, await TestClient.WithSecret(ca, secret: OfCa).IrAsync("CN=b,O=Test", Cancel));
        Assert.IsFalse((await ca.Get<CmpCaSecrets>().RemoveAsync(ca.Admin, CmpCa.CaName, Cancel)).Succeeded(out _, out _), "there is none any more");
    }

    [TestMethod]
    public async Task It_is_that_of_the_CA_that_answers_and_of_no_end_entity()
    {
        await using CmpCa ca = await StartAsync(CmpMode.Ra);
        await ca.CountAsync("delete from cmp_secret", Cancel);
        await ca.ChangeAsync(alias => alias with { CaName = "Other" }, Cancel);
        Answers.IsError(PkiFailureInfo.BadMessageCheck, await TestClient.WithSecret(ca, secret: OfCa).IrAsync("CN=a,O=Test", Cancel));

        await ca.ChangeAsync(alias => alias with { CaName = CmpCa.CaName, Mode = CmpMode.Client, Authentication = [new(CmpModule.Hmac)] }, Cancel);
        Answers.IsError(PkiFailureInfo.BadMessageCheck, await TestClient.WithSecret(ca, secret: OfCa).IrAsync("CN=a,O=Test", Cancel));
    }

    [TestMethod]
    public async Task It_is_exchanged_one_RA_after_the_other_and_nowhere_to_be_read()
    {
        await using CmpCa ca = await StartAsync(CmpMode.Ra);
        await ca.CountAsync("delete from cmp_secret", Cancel);
        await SetAsync(ca, "the next secret of the CA", keepOthers: true);
        foreach (string secret in (string[])[OfCa, "the next secret of the CA"])
        {
            Answers.CertificateOf(await TestClient.WithSecret(ca, secret: secret).IrAsync($"CN={secret},O=Test", Cancel));
        }

        Assert.HasCount(2, await ca.Get<CmpCaSecrets>().ListAsync(CmpCa.CaName, Cancel));
        await SetAsync(ca, "the last secret of the CA", keepOthers: false);
        Answers.IsError(PkiFailureInfo.BadMessageCheck, await TestClient.WithSecret(ca, secret: OfCa).IrAsync("CN=a,O=Test", Cancel));
        Assert.AreEqual("0 0", await ca.CountAsync("select count(*) from cmp_ca_secret where position(convert_to('secret of the CA', 'UTF8') in sealed) > 0", Cancel)
            + " " + await ca.CountAsync("select count(*) from audit_record where details like '%secret of the CA%' and module = 'CMP' and details like '%secretOfCa%'", Cancel));
    }

    [TestMethod]
    public async Task A_weak_one_and_one_of_no_CA_are_refused()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        foreach ((string name, string secret) in ((string, string)[])[(CmpCa.CaName, "short"), (CmpCa.CaName, "changeit"), ("Nowhere", OfCa)])
        {
            using Secret text = Secret.FromText(secret);
            Assert.IsFalse((await ca.Get<CmpCaSecrets>().SetAsync(ca.Admin, name, text, keepOthers: false, Cancel)).Succeeded(out _, out _), name);
        }
    }

    private async Task<CmpCa> StartAsync(CmpMode mode)
    {
        CmpCa ca = await CmpCa.StartAsync(Cancel, alias => alias with { Mode = mode, Authentication = [new(CmpModule.Hmac, "-")] });
        await SetAsync(ca, OfCa, keepOthers: false);
        return ca;
    }

    private async Task SetAsync(CmpCa ca, string secret, bool keepOthers)
    {
        using Secret text = Secret.FromText(secret);
        (await ca.Get<CmpCaSecrets>().SetAsync(ca.Admin, CmpCa.CaName, text, keepOthers, Cancel)).OrThrow();
    }
}
