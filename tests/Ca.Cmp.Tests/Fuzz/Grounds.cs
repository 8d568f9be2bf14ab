using Ca.Core.Approvals;
using Ca.Core.Authorities;
using Ca.Core.Cmp;
using Ca.Core.EndEntities;
using Ca.Core.Roles;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.Trust;

namespace Ca.Cmp.Tests.Fuzz;

/// <summary>Where to begin from: a CA and valid messages to change.</summary>
public enum Ground
{
    /// <summary>All operations of an RA and of holders of certificates.</summary>
    Operations,

    /// <summary>Requests that people must agree to, and polls for them (RFC 9810 §5.3.22).</summary>
    Polling,

    /// <summary>Registered end entities with an enrolment code in regToken or in their subject (CMP-A-6, A-7).</summary>
    EnrolmentCodes,
}

/// <summary>Makes the CA and the messages of a ground.</summary>
internal static class Grounds
{
    private const string Code = "Only once 4711";

    private static readonly Actor Anna = Actor.With("CN=anna",
    [
        new(AccessResources.Administrator, AccessDecision.Accept),
        new(AccessResources.ApproveEndEntity, AccessDecision.Accept),
        new("/endentityprofilesrules", AccessDecision.AcceptRecursive),
        new(AccessResources.AnyCa, AccessDecision.AcceptRecursive),
    ]);

    public static async Task<(CmpCa Ca, IReadOnlyList<Seed> Seeds)> MakeAsync(Ground ground, CancellationToken cancel)
    {
        CmpCa ca = await CmpCa.StartAsync(cancel, alias => alias with
        {
            Mode = ground == Ground.EnrolmentCodes ? CmpMode.Client : CmpMode.Ra,
            Authentication = ground == Ground.EnrolmentCodes
                ? [new(CmpModule.DnPartPwd, "UID"), new(CmpModule.RegTokenPwd)]
                : [new(CmpModule.Hmac), new(CmpModule.EndEntityCertificate, "Other")],
            UsernameAttribute = ground == Ground.EnrolmentCodes ? "CN" : "DN",
            ClockSkew = TimeSpan.Zero, // recorded messages are to get further than the clock
            Operations = Enum.GetValues<CmpOperation>(),
        });
        return (ca, ground switch
        {
            Ground.Polling => await PollingAsync(ca, cancel),
            Ground.EnrolmentCodes => await CodesAsync(ca, cancel),
            _ => await Seed.AllAsync(ca, cancel),
        });
    }

    private static async Task<IReadOnlyList<Seed>> PollingAsync(CmpCa ca, CancellationToken cancel)
    {
        (await ca.Get<CertificateAuthorities>().SetSettingsAsync(ca.Admin, CmpCa.CaName, new() { Approvals = new() { AddEditEndEntity = 1 } }, cancel)).OrThrow();
        TestClient agreed = await WaitingAsync(ca, "agreed", cancel);
        await DecideAsync(ca, approve: true, cancel);
        TestClient rejected = await WaitingAsync(ca, "rejected", cancel);
        await DecideAsync(ca, approve: false, cancel);
        TestClient open = await WaitingAsync(ca, "open", cancel);
        TestClient asking = TestClient.WithSecret(ca, "asking");
        PkiBody poll = new PkiBody.PollRequests([new(0)]);
        return
        [
            Seed.Maced("poll for what was agreed to", agreed, poll, hasEffect: true),
            Seed.Maced("poll for what was rejected", rejected, poll),
            Seed.Maced("poll for what waits", open, poll),
            Seed.Maced("a second request in a transaction that waits", open, TestClient.Body(open.Request("CN=open,O=Test"))),
            Seed.Maced("error in a transaction that waits", open, new PkiBody.Error(new(PkiStatusInfo.Rejected(PkiFailureInfo.BadRequest, "no"), null, null)), hasEffect: true),
            Seed.Maced("ir that will wait", asking, TestClient.Body(asking.Request("CN=asking,O=Test"))),
        ];
    }

    private static async Task<IReadOnlyList<Seed>> CodesAsync(CmpCa ca, CancellationToken cancel)
    {
        foreach (string name in (string[])["token", "part", "wrong"])
        {
            await RegisterAsync(ca, name, cancel);
        }

        (TestClient token, TestClient part, TestClient wrong, TestClient none) =
            (TestClient.WithSecret(ca, "token"), TestClient.WithSecret(ca, "part"), TestClient.WithSecret(ca, "wrong"), TestClient.WithSecret(ca, "none"));
        return
        [
            Seed.Maced("regToken", token, WithToken(token, "CN=token,O=Test", Code), hasEffect: true),
            Seed.Maced("DnPartPwd", part, TestClient.Body(part.Request($"CN=part,UID={Code},O=Test")), hasEffect: true),
            Seed.Maced("a wrong code", wrong, WithToken(wrong, "CN=wrong,O=Test", "a guess or two")),
            Seed.Maced("a code of nobody", none, WithToken(none, "CN=nobody,O=Test", Code)),
            Seed.Maced("no code", none, TestClient.Body(none.Request("CN=wrong,O=Test"))),
        ];
    }

    private static PkiBody WithToken(TestClient client, string subject, string code) =>
        TestClient.Body(client.Request(subject, controls: [AttributeTypeAndValue.Of(Oids.RegToken, new SecretText(Secret.FromText(code)))]));

    private static async Task<TestClient> WaitingAsync(CmpCa ca, string name, CancellationToken cancel)
    {
        TestClient client = TestClient.WithSecret(ca, name);
        PkiMessage answer = await client.IrAsync($"CN={name},O=Test", cancel);
        Assert.AreEqual(PkiStatus.Waiting, Answers.ResponseOf(answer).Status.Status);
        return client;
    }

    private static async Task DecideAsync(CmpCa ca, bool approve, CancellationToken cancel)
    {
        long id = long.Parse(await ca.CountAsync("select max(id) from approval where status = -1", cancel), null);
        ApprovalDesk desk = ca.Get<ApprovalDesk>();
        (approve ? await desk.ApproveAsync(Anna, id, "ok", cancel) : await desk.RejectAsync(Anna, id, "no", cancel)).OrThrow();
    }

    private static async Task RegisterAsync(CmpCa ca, string name, CancellationToken cancel)
    {
        using Secret code = Secret.FromText(Code);
        EndEntityStore store = ca.Get<EndEntityStore>();
        (await store.SetAsync(ca.Admin, new() { Username = name, SubjectDn = $"CN={name},O=Test", CaName = CmpCa.CaName, EndEntityProfile = "EMPTY", CertificateProfile = "ENDUSER" }, cancel)).OrThrow();
        (await store.SetSecretAsync(ca.Admin, name, code, cancel)).OrThrow();
    }
}
