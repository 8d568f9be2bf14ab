using Pki.Protocols.Trust;

namespace Ca.Core.Issuance;

/// <content>Asking without issuing.</content>
public sealed partial class Issuer
{
    /// <summary>What <see cref="IssueAsync"/> would refuse at this moment; null when it would issue. Nothing is planned or written.</summary>
    /// <exception cref="NotNowException">The CA is off-line, or another request for this user is being worked on.</exception>
    internal async Task<Refusal?> CheckAsync(IssuanceRequest request, CancellationToken cancel)
    {
        if (request.Request.CheckPossession(request.Actor) is { } unproven)
        {
            return unproven;
        }

        Facts known = await facts.LoadAsync(request, cancel);
        return decisions.Decide(request, known, authenticated: false).Succeeded(out Decision? decision, out Refusal? refusal)
            && Plan(decision, request.Digest()).Succeeded(out _, out refusal)
                ? null
                : refusal;
    }
}
