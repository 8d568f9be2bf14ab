using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Cmp;

/// <summary>A new root and what connects it with the old one.</summary>
/// <param name="NewWithNew">The new root.</param>
/// <param name="NewWithOld">The new key, signed with the old one.</param>
/// <param name="OldWithNew">The old key, signed with the new one.</param>
public sealed record CmpRootLinks(Certificate NewWithNew, Certificate? NewWithOld, Certificate? OldWithNew)
{
    /// <summary>True when these lead from this root to another one.</summary>
    public bool LeadFrom(Certificate old) =>
        !old.PublicKey.SameKeyAs(NewWithNew.PublicKey)
        && (NewWithOld?.IsSignedBy(old.PublicKey) ?? OldWithNew?.PublicKey.SameKeyAs(old.PublicKey) ?? old.Subject.Equals(NewWithNew.Subject));

    internal static Outcome<CmpRootLinks> Of(CmpRootUpdate update)
    {
        if (!Certificate.FromPem(update.NewWithNew).Succeeded(out Certificate? root, out _) || !TryRead(update.NewWithOld, out Certificate? newWithOld) || !TryRead(update.OldWithNew, out Certificate? oldWithNew))
        {
            return No("A certificate of rootUpdate cannot be read.");
        }

        return !root.IsCa || !root.IsSelfIssued || !root.IsSignedBy(root.PublicKey) ? No("newWithNew is no root.")
            : newWithOld is not null && !newWithOld.PublicKey.SameKeyAs(root.PublicKey) ? No("newWithOld is not for the key of newWithNew.")
            : oldWithNew is not null && !oldWithNew.IsSignedBy(root.PublicKey) ? No("oldWithNew is not signed by newWithNew.")
            : new CmpRootLinks(root, newWithOld, oldWithNew);
    }

    private static bool TryRead(string? pem, out Certificate? certificate)
    {
        certificate = null;
        return pem is null || Certificate.FromPem(pem).Succeeded(out certificate, out _);
    }

    private static Refusal No(string detail) => new(RefusalCode.PolicyViolation, detail);
}
