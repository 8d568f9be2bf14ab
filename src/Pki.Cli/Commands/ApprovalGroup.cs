using System.CommandLine;
using Ca.Core.Approvals;
using Ca.Core.Roles;
using Pki.Cli.Output;

namespace Pki.Cli.Commands;

/// <summary><c>pki approval</c>: what waits for people, and their decisions.</summary>
internal sealed class ApprovalGroup(Frame frame)
{
    private const string Known = "pki approval list --status all shows the requests.";
    private const string Decide = "pki approval show tells what it is and who has decided; somebody with the right, who did neither ask nor decide, may.";

    private readonly Argument<long> id = new("id") { Description = "Number of the request." };
    private readonly Option<ApprovalSelection> status = new("--status") { Description = "waiting (the oldest first), decided, expired or all (the newest first).", DefaultValueFactory = _ => ApprovalSelection.Waiting };
    private readonly Option<string?> ca = new("--ca") { Description = "Only of this CA.", HelpName = "NAME" };
    private readonly Option<string?> profile = new("--certificate-profile") { Description = "Only of this profile.", HelpName = "NAME" };
    private readonly Option<ApprovalType?> type = new("--type") { Description = "Only this kind." };
    private readonly Option<string?> user = new("--user") { Description = "Only for this end entity.", HelpName = "NAME" };
    private readonly Option<string?> match = new("--match") { Description = "What the caller reads out: part of the DN or an alternative name, a device's serial number, a fingerprint, transaction id or code.", HelpName = "TEXT" };
    private readonly Option<TimeSpan> since = Durations.Option("--since", "Only what was asked within this time.", TimeSpan.Zero);
    private readonly Option<bool> mine = new("--mine") { Description = "Only what I asked for or decided." };
    private readonly Option<long?> after = new("--after") { Description = "Go on behind this number.", HelpName = "ID" };
    private readonly Option<string?> comment = new("--comment") { Description = "Why; for the record and for colleagues.", HelpName = "TEXT" };
    private readonly Option<string?> expectKey = new("--expect-key") { Description = "Refuse unless the request has this fingerprint: SHA-256 of the key, or SHA-256, SHA-1 or MD5 of the request.", HelpName = "HEX" };
    private readonly Option<TimeSpan> time = Durations.Option("--time", "How long from now.", TimeSpan.FromHours(1));
    private readonly Deciding deciding = new();

    public Command Create() => Frame.Group(
        "approval",
        "Requests that people must agree to: find, look at, approve, reject.",
        frame.Command("list", "Lists requests.", [status, ca, profile, type, user, match, since, mine, after, Shared.Limit, .. deciding.Options], ListAsync),
        frame.Command("show", "Shows everything that somebody who decides should see.", [id, .. deciding.Options], ShowAsync),
        frame.Command("approve", "Agrees; when enough people did, the request is executed.", [id, comment, expectKey, Shared.Yes, .. deciding.Options], ApproveAsync),
        frame.Command("reject", "Refuses; one is enough, and it is remembered for a while.", [id, comment, Shared.Yes, .. deciding.Options], RejectAsync),
        frame.Command("extend", "Gives people more time; an expired request comes back.", [id, time, .. deciding.Options], ExtendAsync),
        frame.Command("withdraw", "Takes back a request that waits, or an approval that was not used yet.", [id, Shared.Yes, .. deciding.Options], WithdrawAsync),
        frame.Command("forget", "Lifts the memory of a rejection or failure: the next such request is asked anew.", [id, .. deciding.Options], ForgetAsync));

    private async Task ListAsync(Call call)
    {
        DateTimeOffset now = call.Terminal.Clock.GetUtcNow();
        var filter = new ApprovalFilter
        {
            Selection = call.Get(status),
            CaName = call.Get(ca),
            CertificateProfile = call.Get(profile),
            Type = call.Get(type),
            Username = call.Get(user),
            Match = call.Get(match),
            Since = call.Get(since) is { Ticks: > 0 } span ? now - span : null,
            Mine = call.Get(mine),
            After = call.Get(after),
            Limit = call.Get(Shared.Limit),
        };
        ApprovalPage page = await call.Ca.Get<ApprovalDesk>().ListAsync(await deciding.ActorAsync(call), filter, call.Cancel);
        call.Printer.List(page.Items, ApprovalTable.Columns(now), "Nothing. --status all shows what was decided.");
        if (page.Next is { } next)
        {
            call.Printer.Say($"{page.Items.Count} of {page.Total}; --after {next} shows the next.");
        }
    }

    private async Task ShowAsync(Call call)
    {
        ApprovalDetail found = await FindAsync(call, await deciding.ActorAsync(call));
        call.Printer.Show(found, ApprovalTable.Fields(call.Terminal.Clock.GetUtcNow()));
    }

    private async Task ApproveAsync(Call call)
    {
        Actor actor = await deciding.ActorAsync(call);
        ApprovalDetail found = await FindAsync(call, actor);
        if (call.Get(expectKey) is { } expected && !ApprovalTable.HasFingerprint(found, expected))
        {
            throw new CliException($"Request {found.Request.Id} is for another key or another PKCS#10 than {expected}.", "Do not approve it before you know whose it is; pki approval show prints its fingerprints.");
        }

        Shared.Confirm(call, $"{ApprovalTable.Summary(found)} is approved.");
        ApprovalView done = (await call.Ca.Get<ApprovalDesk>().ApproveAsync(actor, call.Get(id), call.Get(comment), call.Cancel)).OrFail(Decide);
        call.Printer.Done(done, done.Status == ApprovalStatus.Waiting
            ? $"Approved, {done.Required - done.Given} more needed."
            : done.UniqueId is null
                ? $"Approved: whoever asked may do it now, until {Texts.Time(done.ExpireAt)}."
                : "Approved: the queued request is executed on the next worker pass.");
    }

    private async Task RejectAsync(Call call)
    {
        Actor actor = await deciding.ActorAsync(call);
        Shared.Confirm(call, $"{ApprovalTable.Summary(await FindAsync(call, actor))} is rejected.");
        ApprovalView done = (await call.Ca.Get<ApprovalDesk>().RejectAsync(actor, call.Get(id), call.Get(comment), call.Cancel)).OrFail(Decide);
        call.Printer.Done(done, $"Rejected. The same request is refused for a while; pki approval forget {done.Id} lifts that.");
    }

    private async Task ExtendAsync(Call call)
    {
        ApprovalView done = (await call.Ca.Get<ApprovalDesk>().ExtendAsync(await deciding.ActorAsync(call), call.Get(id), call.Get(time), call.Cancel)).OrFail(Known);
        call.Printer.Done(done, $"Waits until {Texts.Time(done.ExpireAt)}.");
    }

    private async Task WithdrawAsync(Call call)
    {
        Actor actor = await deciding.ActorAsync(call);
        Shared.Confirm(call, $"{ApprovalTable.Summary(await FindAsync(call, actor))} is taken back.");
        ApprovalView done = (await call.Ca.Get<ApprovalDesk>().WithdrawAsync(actor, call.Get(id), call.Cancel)).OrFail(Known);
        call.Printer.Done(done, $"Taken back. Whoever asked gets a failure; pki approval forget {done.Id} lets it be asked anew.");
    }

    private async Task ForgetAsync(Call call)
    {
        ApprovalView done = (await call.Ca.Get<ApprovalDesk>().ForgetAsync(await deciding.ActorAsync(call), call.Get(id), call.Cancel)).OrFail(Known);
        call.Printer.Done(done, $"Forgotten: the next such request for '{ApprovalTable.Safe(done.Username)}' is asked anew.");
    }

    private async Task<ApprovalDetail> FindAsync(Call call, Actor actor) => (await call.Ca.Get<ApprovalDesk>().FindAsync(actor, call.Get(id), call.Cancel)).OrFail(Known);
}
