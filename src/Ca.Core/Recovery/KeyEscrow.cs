using System.Globalization;
using System.Security.Cryptography;
using Ca.Core.Audit;
using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Ca.Core.EndEntities;
using Ca.Core.Issuance;
using Ca.Core.Keys;
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

/// <summary>Keeps private keys that were made here and hands them out again; each time there is an audit record (CA_CORE §11).</summary>
public sealed class KeyEscrow
{
    private readonly IDbContextFactory<CaDbContext> databases;
    private readonly CaConfiguration configuration;
    private readonly Issuer issuer;
    private readonly KeySealing sealing;
    private readonly TimeProvider clock;
    private readonly bool enabled;

    /// <summary>Takes the services it works with.</summary>
    public KeyEscrow(IDbContextFactory<CaDbContext> databases, CaConfiguration configuration, Issuer issuer, CryptoTokens tokens, TimeProvider clock, IOptions<CaOptions> options)
    {
        this.databases = databases;
        this.configuration = configuration;
        this.issuer = issuer;
        sealing = new(tokens);
        this.clock = clock;
        enabled = options.Value.KeyRecovery;
    }

    internal bool IsEnabled => enabled;

    /// <summary>Hands out a kept key, with the certificate it had or with a new one, and stages what that changes.</summary>
    /// <remarks>The end entity's status is not touched: a recovery that fails leaves no trace (FLAWS E6).</remarks>
    public async Task<Outcome<KeyStore>> RecoverAsync(RecoveryOrder order, CaWork work, CancellationToken cancel)
    {
        if (!(await FindAsync(order, cancel)).Succeeded(out Found? found, out Refusal? refusal))
        {
            return refusal;
        }

        if (!(await OpenAsync(found.Kept, found.Certificate, cancel)).Succeeded(out KeyPair? key, out refusal))
        {
            return refusal;
        }

        if (order.NewCertificate is null)
        {
            AuditRelease(order.Actor, found.Kept, work);
            return new KeyStore(key, Der.DecodeBer<Certificate>(found.Certificate.Encoded).OrThrow(), found.Ca.Chain);
        }

        Outcome<Issued> outcome = await issuer.IssueAsync(order.NewCertificate with { Request = RequestedKey.Held(key, sealedKey: null) }, work, cancel);
        if (!outcome.Succeeded(out Issued? issued, out refusal))
        {
            key.Dispose();
            return refusal;
        }

        KeepAgain(order.Actor, found.Kept, issued, work);
        AuditRelease(order.Actor, found.Kept, work);
        return new KeyStore(key, issued.Certificate, issued.Chain);
    }

    /// <summary>Why keys are not kept under this profile; null when they are. Who asked for a kept key must not think that it is (FLAWS E7).</summary>
    internal Refusal? CheckKeeping(EndEntityProfile profile) =>
        enabled && profile.KeyRecoverable
            ? null
            : new(RefusalCode.PolicyViolation, enabled ? $"End entity profile '{profile.Name}' does not let keys be kept." : "Key recovery is not enabled at this CA.");

    /// <summary>Stages the keeping of a key, in the transaction that stores its certificate.</summary>
    internal void Keep(Actor actor, int caId, Certificate certificate, string username, byte[] sealedKey, CaWork work)
    {
        var row = new EscrowedKeyRow { CaId = caId, Serial = certificate.Serial.ToString(), Username = username, SealedKey = sealedKey, At = clock.GetUtcNow() };
        work.Stage(db => db.Add(row));
        work.Audit(Entry(AuditEvents.KeyRecoveryAddData, actor, row));
    }

    /// <summary>The new certificate's key is the old one: it is kept under the new serial number as well.</summary>
    internal void KeepAgain(Actor actor, EscrowedKeyRow kept, Issued issued, CaWork work)
    {
        int issuerId = issued.Certificate.Issuer.CaId();
        Keep(actor, issuerId, issued.Certificate, kept.Username, kept.SealedKey, work);
    }

    internal static void AuditRelease(Actor actor, EscrowedKeyRow kept, CaWork work) => work.Audit(Entry(AuditEvents.KeyRecoverySent, actor, kept));

    /// <summary>A refusal means that the database was changed by somebody else; trying again would not help.</summary>
    internal async Task<Outcome<KeyPair>> OpenAsync(EscrowedKeyRow kept, CertificateRow certificate, CancellationToken cancel)
    {
        try
        {
            KeyPair key = await sealing.OpenAsync(kept.SealedKey, kept.Username, cancel);
            if (key.Public.Sha256().AsSpan().SequenceEqual(certificate.PublicKeyDigest))
            {
                return key;
            }

            key.Dispose();
        }
        catch (CryptographicException)
        {
            // The same refusal: what was sealed for another user does not open at all.
        }

        return new Refusal(RefusalCode.InternalFailure, $"What is kept for certificate {kept.Serial} is not its key.");
    }

    internal static AuditEntry Entry(string auditEvent, Actor actor, EscrowedKeyRow kept) => new(auditEvent, AuditStatus.Success, actor.Name)
    {
        Module = "KEYRECOVERY",
        CustomId = kept.CaId.ToString(CultureInfo.InvariantCulture),
        SearchDetail1 = kept.Serial,
        SearchDetail2 = kept.Username,
    };

    /// <summary>Rights first, as far as they do not depend on what is found; then certificate, owner and key.</summary>
    private async Task<Outcome<Found>> FindAsync(RecoveryOrder order, CancellationToken cancel)
    {
        if (!enabled || Forbidden.IsUnusable(order.Username) || Forbidden.IsUnusable(order.IssuerDn))
        {
            return new Refusal(RefusalCode.PolicyViolation, "Key recovery is not enabled at this CA, or a name is no text.");
        }

        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(db, cancel);
        if (snapshot.FindCaByDn(order.IssuerDn) is not { } ca)
        {
            return new Refusal(RefusalCode.NotFound, $"There is no CA '{order.IssuerDn}'.");
        }

        string serial = CertificateStore.NormaliseSerial(order.Serial);
        CertificateRow? row = await db.Set<CertificateRow>().AsNoTracking().SingleOrDefaultAsync(r => r.CaId == ca.Id && r.Serial == serial, cancel);
        EndEntityRow? user = await db.Set<EndEntityRow>().AsNoTracking().SingleOrDefaultAsync(u => u.Username == order.Username, cancel);
        if (!MayRecover(order.Actor, ca, row, user))
        {
            return new Refusal(RefusalCode.NotAuthorized, $"'{order.Actor.Name}' may not recover keys of CA '{ca.Name}' or of this end entity profile.");
        }

        if (user is null || row is null || row.Username != user.Username)
        {
            return new Refusal(RefusalCode.NotFound, $"CA '{ca.Name}' has no certificate {serial} of user '{order.Username}'.");
        }

        if (user.Status == EndEntityStatus.Revoked && row.Status is CertificateStatus.Revoked or CertificateStatus.Archived)
        {
            return new Refusal(RefusalCode.Revoked, $"User '{user.Username}' and its certificate are revoked.");
        }

        EscrowedKeyRow? kept = await db.Set<EscrowedKeyRow>().AsNoTracking().SingleOrDefaultAsync(k => k.CaId == ca.Id && k.Serial == serial, cancel);
        return kept is null || kept.Username != user.Username
            ? new Refusal(RefusalCode.NotFound, $"No key is kept for certificate {serial}.")
            : new Found(ca, row, kept);
    }

    /// <summary>CA_CORE §12.4: keyrecovery and edit, under the profiles of the certificate and of its user.</summary>
    private static bool MayRecover(Actor actor, CertificateAuthority ca, CertificateRow? row, EndEntityRow? user) =>
        actor.May(AccessResources.KeyRecovery) && actor.May(AccessResources.EditEndEntity) && actor.May(AccessResources.Ca(ca.Id))
        && new[] { row?.EndEntityProfileId, user?.EndEntityProfileId }.OfType<int>()
            .All(profile => actor.May(AccessResources.KeyRecovery, profile) && actor.May(AccessResources.EditEndEntity, profile));

    private sealed record Found(CertificateAuthority Ca, CertificateRow Certificate, EscrowedKeyRow Kept);
}
