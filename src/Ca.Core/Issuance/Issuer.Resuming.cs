using Ca.Core.Authorities;
using Ca.Core.Ledger;
using Pki.Protocols.Trust;

namespace Ca.Core.Issuance;

/// <content>What an earlier attempt began.</content>
public sealed partial class Issuer
{
    /// <summary>An earlier attempt got as far as the plan: same serial, same bytes, or nothing.</summary>
    private async Task<Outcome<Issued>> ResumeAsync(IssuanceRequest request, byte[] digest, PlanRow plan, Facts known, CaWork work, CancellationToken cancel)
    {
        if (!plan.RequestDigest.AsSpan().SequenceEqual(digest))
        {
            if (plan.SealedKey is not null && request.Request.SealedKey is not null)
            {
                throw new BusyException($"Another worker has just made a key for request '{request.PlanKey}'."); // the next look finds it
            }

            return new Refusal(RefusalCode.NotBound, $"Request '{request.PlanKey}' was planned with another content.");
        }

        if (!known.Order.Succeeded(out IssuanceOrder? order, out Refusal? refusal)
            || !admissions.Decide(order, known, authenticated: true).Succeeded(out Admission? admission, out refusal)
            || (refusal = await CheckApprovalAsync(plan, cancel)) is not null)
        {
            await ledger.CommitAsync(Effects.AbandonWork(plan, "no longer allowed"), cancel);
            return refusal;
        }

        if (order.Ca.Fingerprint != plan.CaFingerprint || order.Ca.Status != AuthorityStatus.Active)
        {
            await ledger.CommitAsync(Effects.AbandonWork(plan, "the CA has changed"), cancel);
            throw new NotNowException($"CA '{order.Ca.Name}' changed while a certificate was planned.", TimeSpan.FromSeconds(1));
        }

        return Sign(order, admission, plan, await KeyOfAsync(order.Ca, cancel), work);
    }
}
