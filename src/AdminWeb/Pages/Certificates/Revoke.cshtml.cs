using AdminWeb.Showing;
using Ca.Core.Approvals;
using Ca.Core.Certificates;
using Ca.Core.Ledger;
using Ca.Core.Viewing;
using Microsoft.AspNetCore.Mvc;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace AdminWeb.Pages.Certificates;

/// <summary>The question before a revocation, a hold or a release; its answer does it.</summary>
internal sealed class RevokeModel(CertificateSearch certificates, Revoker revoker, ICaLedger ledger, ILogger<RevokeModel> log) : AdminPage
{
    public CertificateView View { get; private set; } = null!;

    /// <summary>Asked for in the address, so that the page can be gone back to.</summary>
    [BindProperty(SupportsGet = true)]
    public RevocationReason Reason { get; set; }

    /// <summary>What can be chosen; those of CAs and attribute authorities are not for end entities.</summary>
    public static IEnumerable<RevocationReason> Reasons(bool isOnHold) =>
        Enum.GetValues<RevocationReason>().Where(reason => reason switch
        {
            RevocationReason.RemoveFromCrl => isOnHold,
            RevocationReason.CertificateHold => !isOnHold,
            RevocationReason.CACompromise or RevocationReason.AACompromise => false,
            _ => true,
        });

    public static string Words(RevocationReason reason) => reason switch
    {
        RevocationReason.Unspecified => "unspecified",
        RevocationReason.KeyCompromise => "key compromise",
        RevocationReason.AffiliationChanged => "affiliation changed",
        RevocationReason.Superseded => "superseded",
        RevocationReason.CessationOfOperation => "cessation of operation",
        RevocationReason.CertificateHold => "hold (can be released again)",
        RevocationReason.RemoveFromCrl => "release from hold",
        RevocationReason.PrivilegeWithdrawn => "privilege withdrawn",
        _ => reason.ToString(),
    };

    public async Task<IActionResult> OnGetAsync(string ca, string serial) => await LoadAsync(ca, serial) ?? Page();

    public async Task<IActionResult> OnPostAsync(string ca, string serial)
    {
        if (await LoadAsync(ca, serial) is { } refused)
        {
            return refused;
        }

        Outcome<Revocation> outcome;
        try
        {
            var work = new CaWork(WorkOrigin.Interactive);
            outcome = await revoker.RevokeAsync(new() { Actor = Actor, CaName = ca, Serial = serial, Reason = Reason }, work, Cancel);
            await ledger.CommitAsync(work, Cancel); // a refusal too: it is audited
        }
        catch (ApprovalPendingException waits)
        {
            return Done($"Others must agree first: approval request {waits.Id}. Ask for the same again after they did.", CertificatePaths.Of(View));
        }
        catch (ConcurrentChangeException)
        {
            return Refuse(new(RefusalCode.Conflict, "Somebody changed this certificate at the same moment. Look at it again."), "revocation");
        }

        if (!outcome.Succeeded(out Revocation? done, out Refusal? refusal))
        {
            return Refuse(refusal, "revocation");
        }

        log.ActionDone(Actor.Name, $"certificate {done.Serial} of CA {ca}: {done.Reason}");
        return Done($"Certificate {done.Serial}: {Words(done.Reason)}. The next CRL tells it.", CertificatePaths.Of(View));
    }

    private async Task<IActionResult?> LoadAsync(string ca, string serial)
    {
        if (!(await certificates.FindAsync(Actor, ca, serial, Cancel)).Succeeded(out FoundCertificate? found, out Refusal? refusal))
        {
            return Refuse(refusal, $"certificate {serial}");
        }

        View = found.Certificate;
        return null;
    }
}
