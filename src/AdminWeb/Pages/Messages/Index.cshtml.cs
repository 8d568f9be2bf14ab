using System.ComponentModel.DataAnnotations;
using AdminWeb.Messages;
using AdminWeb.Showing;
using Ca.Core.Roles;
using ExtRa.Messages.Store;
using Microsoft.AspNetCore.Mvc;
using Pki.Protocols.Trust;

namespace AdminWeb.Pages.Messages;

/// <summary>What waits between front ends and CA.</summary>
internal sealed class IndexModel(Mailboxes mailboxes, TimeProvider clock) : AdminPage
{
    public const int Most = 200;

    [BindProperty(SupportsGet = true), StringLength(250)]
    public string? Source { get; set; }

    [BindProperty(SupportsGet = true)]
    public MessageStatus? Status { get; set; }

    [BindProperty(SupportsGet = true), StringLength(255)]
    public string? Transaction { get; set; }

    public IReadOnlyList<MailboxState> States { get; private set; } = [];

    public IReadOnlyList<MessageFields> Rows { get; private set; } = [];

    /// <summary>The queue whose rows are shown.</summary>
    public string? Shown { get; private set; }

    public async Task<IActionResult> OnGetAsync()
    {
        if (!Actor.May(AccessResources.ViewMessages))
        {
            return Refuse(new(RefusalCode.NotAuthorized, $"'{Actor.Name}' may not view messages."), "messages");
        }

        States = await mailboxes.StatesAsync(Cancel);
        Shown = Source ?? States.FirstOrDefault(state => state.Stats is not null)?.Name;
        if (Shown is null)
        {
            return Page();
        }

        if (mailboxes.Find(Shown) is not { } store)
        {
            return Refuse(new(RefusalCode.NotFound, "There is no such queue."), "messages");
        }

        if (States.Any(state => state.Name == Shown && state.Stats is not null))
        {
            string? transaction = string.IsNullOrWhiteSpace(Transaction) ? null : Transaction.Trim();
            DateTimeOffset now = clock.GetUtcNow();
            Rows = [.. (await store.ListAsync(new(Status, MessageId: transaction, Limit: Most), Cancel)).Select(row => MessageFields.Of(row, now))];
        }

        return Page();
    }
}
