using System.ComponentModel.DataAnnotations;
using AdminWeb.Showing;
using Ca.Core.Approvals;
using Ca.Core.Roles;
using Microsoft.AspNetCore.Mvc;
using Pki.Protocols.Trust;

namespace AdminWeb.Pages.Approvals;

/// <summary>One request with everything an approver must see, and the decision.</summary>
internal sealed class DetailModel(ApprovalDesk desk, TimeProvider clock, ILogger<DetailModel> log) : AdminPage
{
    public const int LongestComment = 1000;

    /// <summary>What a form may ask for; the CA may give less.</summary>
    public const int MostHours = 24 * 30;

    [BindProperty, StringLength(LongestComment)]
    public string? Comment { get; set; }

    [BindProperty, Range(1, MostHours)]
    public int? Hours { get; set; }

    public ApprovalDetail Detail { get; private set; } = null!;

    public ApprovalView View => Detail.Request;

    public DateTimeOffset Now { get; } = clock.GetUtcNow();

    public IEnumerable<Field> Came =>
    [
        new("Asked by", ApprovalText.Requester(View)),
        new("Came through", View.Protocol is { } protocol ? $"{View.Source}, {protocol}" : View.Source),
        new("Asked at", $"{AdminWeb.Showing.Show.Time(View.RequestedAt)}, {AdminWeb.Showing.Show.Span(Now - View.RequestedAt)} ago"),
        new(View.Status == ApprovalStatus.Approved ? "Permission ends" : "Ends undecided", AdminWeb.Showing.Show.Time(View.ExpireAt)),
        new("Code", View.Code, IsCode: true),
        new("Transaction", View.TransactionId, IsCode: true),
        new("Earlier requests for the same", AdminWeb.Showing.Show.Number(Detail.Earlier)),
        new("Refused repetitions", AdminWeb.Showing.Show.Number(View.Repeats)),
    ];

    public async Task<IActionResult> OnGetAsync(long id) => await LoadAsync(id) ?? Page();

    public Task<IActionResult> OnPostApproveAsync(long id) => DecideAsync(id, desk.ApproveAsync);

    public Task<IActionResult> OnPostRejectAsync(long id) => DecideAsync(id, desk.RejectAsync);

    public Task<IActionResult> OnPostExtendAsync(long id) =>
        KeepAsync(id, () => desk.ExtendAsync(Actor, id, TimeSpan.FromHours(Hours ?? 0), Cancel), after => $"Extended. It waits until {AdminWeb.Showing.Show.Time(after.ExpireAt)}.");

    public Task<IActionResult> OnPostWithdrawAsync(long id) => KeepAsync(id, () => desk.WithdrawAsync(Actor, id, Cancel), _ => "Withdrawn. The requester is told that it failed.");

    public Task<IActionResult> OnPostForgetAsync(long id) => KeepAsync(id, () => desk.ForgetAsync(Actor, id, Cancel), _ => "Forgotten. The next such request is asked anew.");

    private async Task<IActionResult> KeepAsync(long id, Func<Task<Outcome<ApprovalView>>> keep, Func<ApprovalView, string> words)
    {
        if (!(await keep()).Succeeded(out ApprovalView? after, out Refusal? refusal))
        {
            return Refuse(refusal, $"approval request {id}");
        }

        log.ActionDone(Actor.Name, $"approval request {id}: {words(after)}");
        return Done(words(after), $"/approvals/{id}");
    }

    private async Task<IActionResult> DecideAsync(long id, Func<Actor, long, string?, CancellationToken, Task<Outcome<ApprovalView>>> decide)
    {
        // The desk looks again at the moment of the decision: who was slower reads that it is decided, and by whom.
        if (!(await decide(Actor, id, Comment, Cancel)).Succeeded(out ApprovalView? after, out Refusal? refusal))
        {
            return Refuse(refusal, $"approval request {id}");
        }

        log.ActionDone(Actor.Name, $"approval request {id}: {after.Status}, {after.Given} of {after.Required}");
        return Done(Words(after), $"/approvals/{after.Id}");
    }

    private static string Words(ApprovalView after) => after.Status switch
    {
        ApprovalStatus.Waiting => $"Approved. {after.Required - after.Given} more must agree.",
        ApprovalStatus.Rejected => "Rejected. The requester is told.",
        _ when after.UniqueId is null => "Approved. Whoever asked may do it now, once, by asking again.",
        _ => "Approved. The worker does what was asked for on its next pass.",
    };

    private async Task<IActionResult?> LoadAsync(long id)
    {
        if (!(await desk.FindAsync(Actor, id, Cancel)).Succeeded(out ApprovalDetail? detail, out Refusal? refusal))
        {
            return Refuse(refusal, $"approval request {id}");
        }

        Detail = detail;
        return null;
    }
}
