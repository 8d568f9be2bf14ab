using Ca.Core.Approvals;
using Ca.Core.Authorities;
using Ca.Core.Issuance;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Tests.Approvals;

/// <summary>A CA that wants approvals, two RAs without any approval right, and people who have it.</summary>
internal sealed class ApprovalWorld : IAsyncDisposable
{
    private int messages;

    private ApprovalWorld(TestCa ca) => Ca = ca;

    public TestCa Ca { get; }

    public ApprovalDesk Desk => Ca.Get<ApprovalDesk>();

    public ApprovalKeeper Keeper => Ca.Get<ApprovalKeeper>();

    public Actor Ra { get; } = Actor.With("CN=ra1", RoleTemplates.Rules("RAADMINISTRATOR", [], []));

    public Actor OtherRa { get; } = Actor.With("CN=ra2", RoleTemplates.Rules("RAADMINISTRATOR", [], []));

    public Actor Anna { get; } = Approver("CN=anna");

    public Actor Berit { get; } = Approver("CN=berit");

    public static async Task<ApprovalWorld> StartAsync(CancellationToken cancel, ApprovalRules? rules = null, Action<CaOptions>? configure = null)
    {
        var world = new ApprovalWorld(await TestCa.StartAsync(cancel, configure));
        await world.DemandAsync(rules ?? new() { AddEditEndEntity = 1, Revocation = 1, KeyRecovery = 1 }, cancel);
        return world;
    }

    public static Actor Approver(string name, params AccessRule[] more) => Actor.With(name,
    [
        new(AccessResources.Administrator, AccessDecision.Accept),
        new(AccessResources.ApproveEndEntity, AccessDecision.Accept),
        new(AccessResources.ApproveCaAction, AccessDecision.Accept),
        new("/endentityprofilesrules", AccessDecision.AcceptRecursive),
        new(AccessResources.AnyCa, AccessDecision.AcceptRecursive),
        .. more,
    ]);

    /// <summary>What the CA demands from now on.</summary>
    public async Task DemandAsync(ApprovalRules rules, CancellationToken cancel) =>
        (await Ca.Get<CertificateAuthorities>().SetSettingsAsync(Ca.Admin, TestCa.RootName, new AuthoritySettings { Approvals = rules }, cancel)).OrThrow();

    /// <summary>An enrolment of the first RA with a key of its own.</summary>
    public IssuanceRequest Enrol(string user, KeyPair? key = null) =>
        Ca.Request(user, TestCa.Csr($"CN={user}", key ?? KeyPair.Generate("P-256"))) with { Actor = Ra };

    /// <summary>A message in the queue.</summary>
    public WorkOrigin Message(string? id = null) => new()
    {
        Source = "w1",
        Message = new("RAMessage1DS", TestCa.Key(id ?? $"message-{Interlocked.Increment(ref messages)}"), "9F86D081884C7D65", "Scep", "K7QX-3M9P"),
    };

    /// <summary>One look at the message, as the worker takes it.</summary>
    public async Task<Look> LookAsync(IssuanceRequest request, CancellationToken cancel, WorkOrigin? origin = null)
    {
        var work = new CaWork(origin ?? Message());
        try
        {
            if (!(await Ca.Issuer.IssueAsync(request, work, cancel)).Succeeded(out Issued? issued, out Refusal? refusal))
            {
                return new(null, refusal, null);
            }

            await Ca.Ledger.CommitAsync(work, cancel);
            return new(issued, null, null);
        }
        catch (ApprovalPendingException pending)
        {
            return new(null, null, pending);
        }
    }

    /// <summary>Waits for an approval, and says for which.</summary>
    public async Task<long> WaitsAsync(IssuanceRequest request, CancellationToken cancel, WorkOrigin? origin = null) =>
        (await LookAsync(request, cancel, origin)).Pending?.Id ?? throw new AssertFailedException("It does not wait.");

    /// <summary>The certificate is there.</summary>
    public async Task<Issued> IssuedAsync(IssuanceRequest request, CancellationToken cancel, WorkOrigin? origin = null)
    {
        Look look = await LookAsync(request, cancel, origin);
        return look.Issued ?? throw new AssertFailedException(look.Refusal?.ToString() ?? look.Pending!.Message);
    }

    public async Task<Refusal> RefusedAsync(IssuanceRequest request, CancellationToken cancel, WorkOrigin? origin = null) =>
        (await LookAsync(request, cancel, origin)).Refusal ?? throw new AssertFailedException("It was not refused.");

    public async Task ApproveAsync(long id, CancellationToken cancel, Actor? who = null) => (await Desk.ApproveAsync(who ?? Anna, id, "read back ok", cancel)).OrThrow();

    public async Task RejectAsync(long id, CancellationToken cancel) => (await Desk.RejectAsync(Anna, id, "not ours", cancel)).OrThrow();

    public async Task<ApprovalView> ViewAsync(long id, CancellationToken cancel) => (await Desk.FindAsync(Anna, id, cancel)).OrThrow().Request;

    public async Task<int> RowsAsync(CancellationToken cancel) => int.Parse(await Ca.ExecuteAsync("select count(*) from approval", cancel), null);

    public async Task<IReadOnlyList<string>> EventsAsync(CancellationToken cancel) =>
        (await Ca.ExecuteAsync("select string_agg(event || ':' || status, ' ' order by sequence) from audit_record where module = 'APPROVAL'", cancel)).Split(' ');

    public ValueTask DisposeAsync() => Ca.DisposeAsync();
}

/// <summary>What one look at a message brought.</summary>
internal sealed record Look(Issued? Issued, Refusal? Refusal, ApprovalPendingException? Pending);
