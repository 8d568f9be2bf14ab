using Ca.Core.Approvals;
using Ca.Core.Certificates;
using Ca.Core.EndEntities;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Issuance;

/// <summary>
/// Renews the two certificates of a card. Both are checked before either is made. The first is committed with an inbox
/// entry of its own, so that a repeat after a crash finds it; should the second then be refused, the first is revoked.
/// </summary>
public sealed class CardRenewer(IDbContextFactory<CaDbContext> databases, CaConfiguration configuration, Issuer issuer, Revoker revoker, Inbox inbox, ICaLedger ledger, ApprovalGate approvals, TimeProvider clock)
{
    private static readonly Actor Tidier = Actor.Internal("card renewal");

    /// <summary>Makes both certificates; what belongs to the second is staged into <paramref name="work"/>.</summary>
    /// <exception cref="NotNowException">The token is offline, or another request for this user is being worked on.</exception>
    public async Task<Outcome<RenewedCard>> RenewAsync(CardRenewalOrder order, CaWork work, CancellationToken cancel)
    {
        if (!(await CheckCardAsync(order, cancel)).Succeeded(out Halves? halves, out Refusal? refusal))
        {
            return refusal;
        }

        if (!(await AskAsync(order, halves, work, cancel)).Succeeded(out ApprovalPass? pass, out refusal))
        {
            return refusal;
        }

        Outcome<Certificate> first = await FindFirstAsync(halves.First, cancel) ?? await MakeFirstAsync(halves, work.Origin, cancel);
        if (!first.Succeeded(out Certificate? authentication, out refusal))
        {
            return refusal;
        }

        if ((await issuer.IssueAsync(halves.Second, work, cancel)).Succeeded(out Issued? signature, out refusal))
        {
            approvals.Spend(work, pass, order.Actor, signature.Certificate.Serial.ToString());
            work.TakeBack = () => TakeBackAsync(halves.First.CaName!, authentication, CancellationToken.None);
            return new RenewedCard(authentication, signature.Certificate);
        }

        await TakeBackAsync(halves.First.CaName!, authentication, cancel);
        return refusal;
    }

    /// <summary>People are asked once for the card, before its first certificate is made; the permission is used with the second.</summary>
    private async Task<Outcome<ApprovalPass>> AskAsync(CardRenewalOrder order, Halves halves, CaWork work, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(db, cancel);
        EndEntityRow user = await db.Set<EndEntityRow>().AsNoTracking().SingleAsync(u => u.Username == halves.Second.Username, cancel);
        int required = CardApproval.Required([halves.First, halves.Second], user, snapshot);
        return await approvals.AskAsync(order.Actor, CardApproval.Of(order, halves.First, halves.Second, user), required, work, cancel);
    }

    /// <summary>SEMANTICS 4.8 in its order, with the owner of both certificates compared.</summary>
    private async Task<Outcome<Halves>> CheckCardAsync(CardRenewalOrder order, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(db, cancel);
        if (!(await FindAsync(db, order.Authentication, cancel)).Succeeded(out CertificateRow? authentication, out Refusal? refusal)
            || !(await FindAsync(db, order.Signature, cancel)).Succeeded(out CertificateRow? signature, out refusal))
        {
            return refusal;
        }

        if (!IsSignedByOldKey(order.Authentication) || !IsSignedByOldKey(order.Signature))
        {
            return new Refusal(RefusalCode.BadSignature, "A request is not signed by, or not for, the key of the certificate it renews.");
        }

        if (await CheckOwnerAsync(db, order.Actor, authentication, signature, cancel) is { } wrong)
        {
            return wrong;
        }

        InboxKey half = order.PlanKey with { Index = ~order.PlanKey.Index }; // no part of a message has a negative index
        return Request(order, order.Authentication, authentication, CardHalf.First, snapshot).Succeeded(out IssuanceRequest? one, out refusal)
            && Request(order, order.Signature, signature, CardHalf.Second, snapshot).Succeeded(out IssuanceRequest? two, out refusal)
                ? new Halves(one with { PlanKey = half }, two)
                : refusal;
    }

    /// <summary>One owner, who was made ready for it by an administrator, and an RA that may touch him.</summary>
    private static async Task<Refusal?> CheckOwnerAsync(CaDbContext db, Actor actor, CertificateRow authentication, CertificateRow signature, CancellationToken cancel)
    {
        string? username = authentication.Username;
        EndEntityRow? user = await db.Set<EndEntityRow>().AsNoTracking().SingleOrDefaultAsync(u => u.Username == username, cancel);
        if (user is null || signature.Username != user.Username)
        {
            return new(RefusalCode.NotFound, "The card's certificates have no user, or not the same one.");
        }

        if (!actor.May(AccessResources.EditEndEntity, user.EndEntityProfileId) || !actor.May(AccessResources.RevokeEndEntity, user.EndEntityProfileId))
        {
            return new(RefusalCode.NotAuthorized, $"'{actor.Name}' may not renew cards of this end entity profile.");
        }

        return user.Status == EndEntityStatus.New
            ? null
            : new(RefusalCode.Conflict, $"User '{user.Username}' has the status {user.Status}; a card is renewed in status New.");
    }

    /// <summary>Ours, in force, and byte for byte the one that was issued.</summary>
    private async Task<Outcome<CertificateRow>> FindAsync(CaDbContext db, CardCertificate card, CancellationToken cancel)
    {
        string fingerprint = Convert.ToHexStringLower(card.Old.Sha1Fingerprint());
        CertificateRow? row = await db.Set<CertificateRow>().AsNoTracking().SingleOrDefaultAsync(r => r.Fingerprint == fingerprint, cancel);
        DateTimeOffset now = clock.GetUtcNow();
        return row switch
        {
            null => new Refusal(RefusalCode.NotFound, $"Certificate {card.Old.Serial} was not issued here."),
            { Type: not CertificateType.EndEntity } => new Refusal(RefusalCode.NotFound, $"Certificate {card.Old.Serial} is no end entity's."),
            _ when !row.Encoded.AsSpan().SequenceEqual(card.Old.Encoded.Span) => new Refusal(RefusalCode.NotFound, $"Certificate {card.Old.Serial} was not issued here."),
            { Status: CertificateStatus.Revoked or CertificateStatus.Inactive } => new Refusal(RefusalCode.Revoked, $"Certificate {row.Serial} is revoked."),
            _ when row.ExpireAt <= now || row.NotBefore > now => new Refusal(RefusalCode.Expired, $"Certificate {row.Serial} is not valid now."),
            _ => row,
        };
    }

    private static bool IsSignedByOldKey(CardCertificate card) => card.Request.PublicKey.SameKeyAs(card.Old.PublicKey) && card.Request.VerifySignature();

    private static Outcome<IssuanceRequest> Request(CardRenewalOrder order, CardCertificate card, CertificateRow old, CardHalf half, ConfigurationSnapshot snapshot)
    {
        string? ca = snapshot.FindCa(card.CaId ?? old.CaId)?.Name;
        string? profile = snapshot.CertificateProfilesById.GetValueOrDefault(card.ProfileId ?? old.CertificateProfileId)?.Name;
        return ca is null || profile is null
            ? new Refusal(RefusalCode.NotFound, $"CA {card.CaId} or certificate profile {card.ProfileId} does not exist.")
            : new IssuanceRequest
            {
                Actor = order.Actor,
                PlanKey = order.PlanKey,
                Username = old.Username!,
                Request = card.Request,
                CaName = ca,
                CertificateProfile = profile,
                CardHalf = half,
            };
    }

    /// <summary>What an earlier attempt made; null when there was none. Revoked in the meantime, it is no half of a card any more.</summary>
    private async Task<Outcome<Certificate>?> FindFirstAsync(IssuanceRequest first, CancellationToken cancel)
    {
        if (!(await inbox.FindAsync([first.PlanKey], cancel)).TryGetValue(first.PlanKey, out InboxEntry? entry))
        {
            return null;
        }

        Certificate made = Der.Decode<Certificate>(entry.Answer).OrThrow();
        string fingerprint = Convert.ToHexStringLower(made.Sha1Fingerprint());
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return await db.Set<CertificateRow>().AnyAsync(r => r.Fingerprint == fingerprint && r.Status == CertificateStatus.Revoked, cancel)
            ? new Refusal(RefusalCode.Revoked, $"Certificate {made.Serial}, the first of the card, was revoked before the second was made.")
            : made;
    }

    private async Task<Outcome<Certificate>> MakeFirstAsync(Halves halves, WorkOrigin origin, CancellationToken cancel)
    {
        if (await CheckSecondAsync(halves.Second, cancel) is { } hopeless)
        {
            return hopeless;
        }

        var work = new CaWork(origin);
        if (!(await issuer.IssueAsync(halves.First, work, cancel)).Succeeded(out Issued? issued, out Refusal? refusal))
        {
            return refusal;
        }

        work.Record(new(halves.First.PlanKey, issued.Certificate.Encoded.ToArray(), clock.GetUtcNow()));
        await ledger.CommitAsync(work, cancel);
        return issued.Certificate;
    }

    /// <summary>The user is busy where a crash left our own plan of the first certificate behind: that one is finished, or is busy itself.</summary>
    private async Task<Refusal?> CheckSecondAsync(IssuanceRequest second, CancellationToken cancel)
    {
        try
        {
            return await issuer.CheckAsync(second, cancel);
        }
        catch (BusyException)
        {
            return null;
        }
    }

    /// <summary>Nobody has it yet: half a card is no card.</summary>
    private async Task TakeBackAsync(string caName, Certificate first, CancellationToken cancel)
    {
        var work = new CaWork();
        var order = new RevocationOrder { Actor = Tidier, CaName = caName, Serial = first.Serial.ToString(), Reason = RevocationReason.CessationOfOperation, NeverAccepted = true };
        await revoker.RevokeAsync(order, work, cancel);
        await ledger.CommitAsync(work, cancel);
    }

    private sealed record Halves(IssuanceRequest First, IssuanceRequest Second);
}
