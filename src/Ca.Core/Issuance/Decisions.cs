using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Pki.Protocols.Trust;

namespace Ca.Core.Issuance;

/// <summary>What is to be done for a request.</summary>
/// <param name="Order">What is to be made.</param>
/// <param name="Admission">For whom.</param>
/// <param name="Reused">Nothing is to be made: this one is returned.</param>
internal sealed record Decision(IssuanceOrder Order, Admission Admission, CertificateRow? Reused);

/// <summary>CA_CORE §8, steps 1 to 7, on facts alone. Changes nothing.</summary>
internal sealed class Decisions(Admissions admissions, KeyPolicy keyPolicy, TimeProvider clock, TimeSpan abandonedAfter)
{
    /// <exception cref="OfflineException">The CA is off-line.</exception>
    /// <exception cref="BusyException">Another request for this user is being worked on.</exception>
    public Outcome<Decision> Decide(IssuanceRequest request, Facts known, bool authenticated)
    {
        if (!known.Order.Succeeded(out IssuanceOrder? order, out Refusal? refusal))
        {
            return refusal;
        }

        if (order.Ca.StatusAt(clock.GetUtcNow()) is var status && status != AuthorityStatus.Active)
        {
            return status == AuthorityStatus.Offline
                ? throw new OfflineException($"CA '{order.Ca.Name}' is off-line.", TimeSpan.FromSeconds(30))
                : new Refusal(RefusalCode.PolicyViolation, $"CA '{order.Ca.Name}' does not issue: its status is {status}.");
        }

        if (!admissions.Decide(order, known, authenticated).Succeeded(out Admission? admission, out refusal))
        {
            return refusal;
        }

        if (keyPolicy.Check(request.Request.PublicKey, order.Profile) is { } weak)
        {
            return weak;
        }

        if (Owned(order, known.Claims) is { } taken)
        {
            return taken;
        }

        if (known.UsersPlan is { } other && other.At + abandonedAfter > clock.GetUtcNow())
        {
            throw new BusyException($"Another request for user '{request.Username}' is being worked on.");
        }

        return new Decision(order, admission, admissions.FindReusable(order, known));
    }

    /// <summary>The claims that are not yet in the database.</summary>
    public static ClaimRow[] Missing(IssuanceOrder order, IReadOnlyList<ClaimRow> claims) =>
        [.. order.Claims.Where(wanted => !claims.Any(c => IsSame(c, wanted)))];

    /// <summary>CA_CORE §8 step 6. The refusal names the rule, never the other user.</summary>
    private static Refusal? Owned(IssuanceOrder order, IReadOnlyList<ClaimRow> claims)
    {
        foreach (ClaimRow wanted in order.Claims)
        {
            if (claims.Any(c => IsSame(c, wanted) && c.Username != wanted.Username))
            {
                return new(RefusalCode.Conflict, wanted.Kind switch
                {
                    ClaimKind.PublicKey => $"CA '{order.Ca.Name}' requires unique public keys: this key is certified for another user.",
                    ClaimKind.Subject => $"CA '{order.Ca.Name}' requires unique subject names: this subject is certified for another user.",
                    _ => $"CA '{order.Ca.Name}' requires unique subject serial numbers: this one is certified for another user.",
                });
            }
        }

        return null;
    }

    private static bool IsSame(ClaimRow a, ClaimRow b) => a.CaId == b.CaId && a.Kind == b.Kind && a.Digest.AsSpan().SequenceEqual(b.Digest);
}
