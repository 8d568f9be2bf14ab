using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Ca.Core.EndEntities;
using Ca.Core.Issuance;
using Ca.Core.Ledger;
using Ca.Core.Profiles;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Recovery;

/// <summary>
/// A registered end entity fetches its key store with its secret: a new key, or in the status KEYRECOVERY the one that
/// is marked. The secret is always compared, and first of all (FLAWS E1).
/// </summary>
public sealed class KeyStoreRetrieval
{
    private const string UsualKey = "RSA2048";

    private readonly IDbContextFactory<CaDbContext> databases;
    private readonly CaConfiguration configuration;
    private readonly Issuer issuer;
    private readonly ServerKeyIssuer serverKeys;
    private readonly KeyEscrow escrow;
    private readonly Authenticator authenticator;
    private readonly TimeProvider clock;

    /// <summary>Takes the services it works with.</summary>
    public KeyStoreRetrieval(IDbContextFactory<CaDbContext> databases, CaConfiguration configuration, ICaLedger ledger, Issuer issuer, ServerKeyIssuer serverKeys, KeyEscrow escrow, TimeProvider clock, IOptions<CaOptions> options)
    {
        this.databases = databases;
        this.configuration = configuration;
        this.issuer = issuer;
        this.serverKeys = serverKeys;
        this.escrow = escrow;
        this.clock = clock;
        authenticator = new(databases, ledger, options.Value.SecretIterations);
    }

    /// <summary>Makes or recovers the key store and stages what that changes.</summary>
    /// <exception cref="NotNowException">The token is offline, or another request for this user is being worked on.</exception>
    public async Task<Outcome<RetrievedKeyStore>> RetrieveAsync(RetrievalOrder order, CaWork work, CancellationToken cancel)
    {
        if (!(await AuthenticateAsync(order, cancel)).Succeeded(out EndEntityRow? user, out Refusal? refusal))
        {
            return refusal;
        }

        if (!FormOf(user).Succeeded(out Form? form, out refusal))
        {
            return refusal;
        }

        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(cancel);
        Outcome<KeyStore> outcome = user.Status == EndEntityStatus.KeyRecovery
            ? await RecoverAsync(order, user, snapshot, work, cancel)
            : await MakeAsync(order, user, snapshot, work, cancel);
        return outcome.Succeeded(out KeyStore? store, out refusal) ? new RetrievedKeyStore(store, form.Value) : refusal;
    }

    private async Task<Outcome<EndEntityRow>> AuthenticateAsync(RetrievalOrder order, CancellationToken cancel)
    {
        if (Forbidden.IsUnusable(order.Username))
        {
            return Admissions.WrongCredentials;
        }

        EndEntityRow? user = await FindAsync(order.Username, cancel);
        if (Admissions.CheckView(order.Actor, user) is { } blind)
        {
            return blind;
        }

        // The counter of wrong secrets is written, so the row is read again.
        return await authenticator.VerifyAsync(user, order.Username, order.Secret, cancel) && await FindAsync(order.Username, cancel) is { } verified
            ? verified
            : Admissions.WrongCredentials;
    }

    private async Task<Outcome<KeyStore>> MakeAsync(RetrievalOrder order, EndEntityRow user, ConfigurationSnapshot snapshot, CaWork work, CancellationToken cancel)
    {
        CertificateProfile? profile = snapshot.CertificateProfilesById.GetValueOrDefault(user.CertificateProfileId);
        bool usual = profile is null || profile.AllowedKeys.Contains(UsualKey, StringComparer.Ordinal);
        string keySpec = usual ? UsualKey : profile!.AllowedKeys.FirstOrDefault(KeyPair.IsKeySpec) ?? UsualKey;
        bool keep = escrow.IsEnabled && (user.Type & EndEntityRow.KeyRecoverable) != 0
            && snapshot.EndEntityProfilesById.GetValueOrDefault(user.EndEntityProfileId)?.KeyRecoverable == true;
        return await serverKeys.IssueAsync(RequestFor(order, RequestedKey.MadeHere) with { KeyRecoverable = keep }, keySpec, work, cancel);
    }

    private async Task<Outcome<KeyStore>> RecoverAsync(RetrievalOrder order, EndEntityRow user, ConfigurationSnapshot snapshot, CaWork work, CancellationToken cancel)
    {
        if (!(await FindMarkedAsync(order.Actor, user, snapshot, cancel)).Succeeded(out Marked? marked, out Refusal? refusal)
            || !(await escrow.OpenAsync(marked.Kept, marked.Certificate, cancel)).Succeeded(out KeyPair? key, out refusal))
        {
            return refusal;
        }

        if (snapshot.EndEntityProfilesById.GetValueOrDefault(user.EndEntityProfileId)?.ReuseRecoveredCertificate == true)
        {
            Finish(user, work);
            Release(order.Actor, marked.Kept, work);
            return new KeyStore(key, Der.DecodeBer<Certificate>(marked.Certificate.Encoded).OrThrow(), marked.Ca.Chain);
        }

        Outcome<Issued> outcome = await issuer.IssueAsync(RequestFor(order, RequestedKey.Held(key, sealedKey: null)), work, cancel);
        if (!outcome.Succeeded(out Issued? issued, out refusal))
        {
            key.Dispose();
            return refusal;
        }

        escrow.KeepAgain(order.Actor, marked.Kept, issued, work);
        Release(order.Actor, marked.Kept, work);
        return new KeyStore(key, issued.Certificate, issued.Chain);
    }

    private async Task<Outcome<Marked>> FindMarkedAsync(Actor actor, EndEntityRow user, ConfigurationSnapshot snapshot, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        EscrowedKeyRow? kept = await db.Set<EscrowedKeyRow>().AsNoTracking().FirstOrDefaultAsync(k => k.Username == user.Username && k.IsMarked, cancel);
        if (kept is null || !escrow.IsEnabled || snapshot.FindCa(kept.CaId) is not { } ca)
        {
            return new Refusal(RefusalCode.NotFound, $"No key is marked for user '{user.Username}'.");
        }

        if (!actor.May(AccessResources.CreateCertificate) || !actor.May(AccessResources.Ca(ca.Id)))
        {
            return new Refusal(RefusalCode.NotAuthorized, $"'{actor.Name}' may not act for CA '{ca.Name}'.");
        }

        return new Marked(ca, await db.Set<CertificateRow>().AsNoTracking().SingleAsync(c => c.CaId == kept.CaId && c.Serial == kept.Serial, cancel), kept);
    }

    /// <summary>The end entity stays as it is registered; the secret was compared above.</summary>
    private static IssuanceRequest RequestFor(RetrievalOrder order, RequestedKey key) => new()
    {
        Actor = order.Actor,
        PlanKey = order.PlanKey,
        Username = order.Username,
        Request = key,
        Secret = order.Secret,
        SecretIsVerified = true,
    };

    private static void Release(Actor actor, EscrowedKeyRow kept, CaWork work)
    {
        KeyMarks.StageRemoval(work, kept.Username);
        KeyEscrow.AuditRelease(actor, kept, work);
    }

    private void Finish(EndEntityRow user, CaWork work)
    {
        user.Status = EndEntityStatus.Generated;
        user.ForgetSecret();
        user.ModifiedAt = clock.GetUtcNow();
        work.Stage(db => db.Update(user.Copy()));
    }

    /// <summary>Asked before anything is issued (FLAWS E8).</summary>
    private static Outcome<Form> FormOf(EndEntityRow user) => user.TokenType switch
    {
        (int)KeyStoreForm.Pkcs12 or (int)KeyStoreForm.Pem => new Form((KeyStoreForm)user.TokenType),
        3 => new Refusal(RefusalCode.UnsupportedAlgorithm, "JKS protects a key by a single SHA-1; register the user with token type P12."),
        _ => new Refusal(RefusalCode.PolicyViolation, $"User '{user.Username}' makes its own keys."),
    };

    private async Task<EndEntityRow?> FindAsync(string username, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return await db.Set<EndEntityRow>().AsNoTracking().SingleOrDefaultAsync(u => u.Username == username, cancel);
    }

    private sealed record Form(KeyStoreForm Value);

    private sealed record Marked(CertificateAuthority Ca, CertificateRow Certificate, EscrowedKeyRow Kept);
}
