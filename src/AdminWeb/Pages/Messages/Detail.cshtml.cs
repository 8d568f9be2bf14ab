using System.ComponentModel.DataAnnotations;
using System.Globalization;
using AdminWeb.Messages;
using AdminWeb.Showing;
using Ca.Core.Roles;
using ExtRa.Messages.Store;
using Microsoft.AspNetCore.Mvc;
using Pki.Protocols.Trust;

namespace AdminWeb.Pages.Messages;

/// <summary>One message row, without what is sealed in it.</summary>
internal sealed class DetailModel(Mailboxes mailboxes, TimeProvider clock) : AdminPage
{
    [BindProperty(SupportsGet = true), Required, StringLength(250)]
    public string Source { get; set; } = "";

    [BindProperty(SupportsGet = true), Required, StringLength(250)]
    public string Id { get; set; } = "";

    [BindProperty(SupportsGet = true), Required, StringLength(255)]
    public string Transaction { get; set; } = "";

    public MessageFields Row { get; private set; } = null!;

    public IEnumerable<Field> Fields =>
    [
        new("Queue", Source),
        new("Unique id", Row.UniqueId, IsCode: true),
        new("Transaction", Row.MessageId, IsCode: true),
        new("Request code", Row.Code, IsCode: true),
        new("Type", Row.Type.ToString()),
        new("State", Row.State),
        new("Stored", Show.Time(Row.Created)),
        new("Changed", Show.Time(Row.Changed)),
        new("Attempts", Row.Attempts.ToString(CultureInfo.InvariantCulture)),
        new("Lease", Row.LeaseOwner is { } owner ? $"{owner} until {Show.Time(Row.LeaseUntil)}" : null),
        new("Request digest", Row.RequestDigest, IsCode: true),
    ];

    public async Task<IActionResult> OnGetAsync()
    {
        if (!Actor.May(AccessResources.ViewMessages))
        {
            return Refuse(new(RefusalCode.NotAuthorized, $"'{Actor.Name}' may not view messages."), "message");
        }

        // From the list, which never reads what is sealed: the database's account of this host need not be able to.
        IReadOnlyList<MessageRow> rows = mailboxes.Find(Source) is { } store ? await store.ListAsync(new(MessageId: Transaction), Cancel) : [];
        if (rows.FirstOrDefault(row => row.UniqueId == Id) is not { } row)
        {
            return Refuse(new(RefusalCode.NotFound, "There is no such message."), "message");
        }

        Row = MessageFields.Of(row, clock.GetUtcNow());
        return Page();
    }
}
