using Ca.Core.Approvals;
using Ca.Core.Certificates;
using Ca.Core.EndEntities;
using Ca.Core.Ledger;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Issuance;

/// <content>Where people are asked.</content>
public sealed partial class Issuer
{
    /// <summary>The last question before a plan is made: everything else about the request is fine.</summary>
    private async Task<Outcome<ApprovalPass>> AskAsync(Decision decision, EndEntityRow? before, Facts known, bool authenticated, CaWork work, CancellationToken cancel)
    {
        IssuanceOrder order = decision.Order;
        int required = IssuanceApproval.IsNeeded(order.Request, decision.Admission, authenticated) ? IssuanceApproval.Required(order, before, known.Configuration) : 0;
        return required == 0
            ? ApprovalPass.Free
            : await approvals.AskAsync(order.Request.Actor, IssuanceApproval.Of(order, before, known.Configuration), required, work, cancel);
    }

    /// <summary>The certificate that an approved request like this one got: there is no second one for one approval.</summary>
    private async Task<Outcome<Issued>> EarlierAsync(IssuanceOrder order, string fingerprint, CaWork work, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        CertificateRow earlier = await db.Set<CertificateRow>().AsNoTracking().SingleAsync(c => c.Fingerprint == fingerprint, cancel);
        work.Audit(Effects.ReuseEntry(order.Request, order, earlier));
        return new Issued(Der.DecodeBer<Certificate>(earlier.Encoded).OrThrow(), order.Ca.Chain, Reused: true);
    }

    /// <summary>A plan is finished only while the approval it was made with still stands.</summary>
    private async Task<Refusal?> CheckApprovalAsync(PlanRow plan, CancellationToken cancel)
    {
        if (plan.ApprovalId is not { } id)
        {
            return null;
        }

        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return await db.Set<ApprovalRow>().AnyAsync(r => r.Id == id && r.Status == ApprovalStatus.Approved, cancel)
            ? null
            : new(RefusalCode.Conflict, $"Approval {id}, with which this was planned, no longer stands.");
    }
}
