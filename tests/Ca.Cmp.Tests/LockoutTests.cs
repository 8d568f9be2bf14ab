using Ca.Core.Cmp;
using Ca.Core.EndEntities;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.Trust;

namespace Ca.Cmp.Tests;

/// <summary>Who guesses is not listened to for a while (CMP-M-8).</summary>
[TestClass]
public sealed class LockoutTests
{
    private const int Guesses = 3;

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task After_some_wrong_secrets_the_right_one_is_refused_too_and_reads_the_same()
    {
        await using CmpCa ca = await StartAsync(CmpMode.Ra);
        PkiMessage wrong = await TestClient.WithSecret(ca, secret: "not the secret").IrAsync("CN=a,O=Test", Cancel);
        for (int i = 1; i < Guesses; i++)
        {
            await TestClient.WithSecret(ca, secret: "not the secret").IrAsync("CN=a,O=Test", Cancel);
        }

        PkiMessage right = await TestClient.WithSecret(ca).IrAsync("CN=a,O=Test", Cancel);

        Answers.IsError(PkiFailureInfo.BadMessageCheck, right);
        CollectionAssert.AreEqual(wrong.BodyEncoded.ToArray(), right.BodyEncoded.ToArray());
        Assert.AreEqual("1", await ca.CountAsync("select count(*) from audit_record where details::text like '%lockedOut%'", Cancel), "one alarm");
        Answers.CertificateOf(await TestClient.WithSecret(ca, "device-2").IrAsync("CN=b,O=Test", Cancel));
    }

    [TestMethod]
    public async Task All_workers_count_together_and_the_time_runs_from_the_first_guess()
    {
        await using CmpCa ca = await StartAsync(CmpMode.Ra);
        await using CmpCa other = await ca.AnotherAsync(Cancel);
        foreach (CmpCa worker in (CmpCa[])[ca, other, ca])
        {
            await TestClient.WithSecret(worker, secret: "not the secret").IrAsync("CN=a,O=Test", Cancel);
        }

        ca.Clock.Advance(TimeSpan.FromMinutes(9));
        Answers.IsError(PkiFailureInfo.BadMessageCheck, await TestClient.WithSecret(other).IrAsync("CN=a,O=Test", Cancel));
        await TestClient.WithSecret(ca, secret: "not the secret").IrAsync("CN=a,O=Test", Cancel);
        ca.Clock.Advance(TimeSpan.FromMinutes(2));

        Answers.CertificateOf(await TestClient.WithSecret(other).IrAsync("CN=a,O=Test", Cancel));
    }

    [TestMethod]
    public async Task Wrong_enrolment_codes_count_for_the_end_entity_whoever_shows_them()
    {
        await using CmpCa ca = await StartAsync(CmpMode.Client, new CmpAuthentication(CmpModule.RegTokenPwd));
        using Secret code = Secret.FromText("Only once 4711");
        EndEntityStore store = ca.Get<EndEntityStore>();
        (await store.SetAsync(ca.Admin, new() { Username = "device", SubjectDn = "CN=device,O=Test", CaName = CmpCa.CaName, EndEntityProfile = "EMPTY", CertificateProfile = "ENDUSER" }, Cancel)).OrThrow();
        (await store.SetSecretAsync(ca.Admin, "device", code, Cancel)).OrThrow();
        for (int i = 0; i < Guesses; i++)
        {
            await ShowAsync(ca, $"thief-{i}", $"guess number {i}");
        }

        Answers.IsRejection(PkiBodyKind.InitializationResponse, PkiFailureInfo.NotAuthorized, await ShowAsync(ca, "device-1", "Only once 4711"));
        ca.Clock.Advance(TimeSpan.FromMinutes(11));
        Answers.CertificateOf(await ShowAsync(ca, "device-1", "Only once 4711"));
    }

    [TestMethod]
    public async Task Counts_are_forgotten()
    {
        await using CmpCa ca = await StartAsync(CmpMode.Ra);
        await TestClient.WithSecret(ca, secret: "not the secret").IrAsync("CN=a,O=Test", Cancel);
        Assert.AreEqual("1", await ca.CountAsync("select count(*) from cmp_guess", Cancel));

        ca.Clock.Advance(TimeSpan.FromMinutes(11));
        await ca.Get<UnconfirmedCertificates>().SweepAsync(ca.Clock.GetUtcNow() - TimeSpan.FromDays(1), Cancel);

        Assert.AreEqual("0", await ca.CountAsync("select count(*) from cmp_guess", Cancel));
    }

    private Task<PkiMessage> ShowAsync(CmpCa ca, string keyId, string code)
    {
        TestClient client = TestClient.WithSecret(ca, keyId);
        return client.SendAsync(TestClient.Body(client.Request("CN=device,O=Test", controls: [AttributeTypeAndValue.Of(Oids.RegToken, new SecretText(Secret.FromText(code)))])), Cancel);
    }

    private Task<CmpCa> StartAsync(CmpMode mode, params CmpAuthentication[] modules) => CmpCa.StartAsync(Cancel, alias => alias with
    {
        Mode = mode,
        Authentication = modules.Length > 0 ? modules : alias.Authentication,
        MaxWrongSecrets = Guesses,
    });
}
