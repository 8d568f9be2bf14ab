using System.Collections.Concurrent;
using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Roles;

/// <summary>
/// Who is behind a certificate? Verifies that the named CA issued it, that it is in force and meant for signing, and
/// finds its roles (CA_CORE §12.3). What never changes about a certificate is remembered by its fingerprint; validity is
/// looked at each time, revocation and roles whenever the last look is older than a second or <see cref="RefreshAsync"/> is
/// called. What a message does is committed only while its signer is not revoked (<see cref="Ledger.CaWork.ActFor"/>).
/// </summary>
public sealed class AdministratorRegister(IDbContextFactory<CaDbContext> databases, CaConfiguration configuration, TimeProvider clock, IOptions<CaOptions> options)
{
    private const int MaxKnown = 10_000;
    private static readonly TimeSpan RevocationFreshFor = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Known> known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, (long Stamp, CertificateList? Crl)> crls = new();

    /// <summary>The actor, or exactly why not.</summary>
    /// <param name="signer">The certificate whose key has signed.</param>
    /// <param name="issuerCaName">The CA that must have issued it.</param>
    /// <param name="cancel">Cancels.</param>
    public async Task<Outcome<Actor>> IdentifyAsync(Certificate signer, string issuerCaName, CancellationToken cancel)
    {
        ConfigurationSnapshot snapshot = await configuration.RecentAsync(cancel);
        if (snapshot.FindCa(issuerCaName) is not { } ca)
        {
            return new Refusal(RefusalCode.UnknownIssuer, $"There is no CA '{issuerCaName}'.");
        }

        string fingerprint = FingerprintOf(signer);
        if (!known.TryGetValue(fingerprint + ca.Fingerprint, out Known? entry))
        {
            if (CheckIssuer(signer, ca) is { } refusal)
            {
                return refusal; // not remembered: strangers must not fill the memory
            }

            entry = new(signer, ca.Id);
            if (known.Count < MaxKnown)
            {
                known[fingerprint + ca.Fingerprint] = entry;
            }
        }

        if (clock.GetUtcNow() - entry.CheckedAt > RevocationFreshFor || entry.CheckedAt == default)
        {
            await LookUpAsync([entry], snapshot, cancel);
        }

        return Decide(entry, ca, snapshot);
    }

    /// <summary>Looks up the revocation of these signers in one query, as is done once for a batch of messages.</summary>
    /// <param name="fingerprints">SHA-256 fingerprints in lower-case hex; unknown ones are left out.</param>
    /// <param name="cancel">Cancels.</param>
    public async Task RefreshAsync(IReadOnlySet<string> fingerprints, CancellationToken cancel)
    {
        Known[] entries = [.. known.Where(k => fingerprints.Contains(k.Key[..64])).Select(k => k.Value)];
        if (entries.Length > 0)
        {
            await LookUpAsync(entries, await configuration.CurrentAsync(cancel), cancel);
        }
    }

    /// <summary>The fingerprint <see cref="RefreshAsync"/> takes.</summary>
    public static string FingerprintOf(Certificate signer) => Convert.ToHexStringLower(signer.Sha256Fingerprint());

    /// <summary>What stays true: issuer, signature, key usage. FLAWS C6: a CA's certificate signs no requests.</summary>
    private static Refusal? CheckIssuer(Certificate signer, CertificateAuthority ca)
    {
        if (!signer.Issuer.EncodedEquals(ca.Certificate.Subject))
        {
            return new(RefusalCode.UnknownIssuer, $"The signer '{signer.Subject}' was not issued by '{ca.SubjectDn}'.");
        }

        if (!signer.IsSignedBy(ca.Certificate.PublicKey))
        {
            return new(RefusalCode.BadSignature, $"The certificate of '{signer.Subject}' names '{ca.SubjectDn}' as its issuer, whose key did not sign it.");
        }

        bool mayIssue = signer.IsCa || ((signer.KeyUsage ?? KeyUsages.None) & KeyUsages.KeyCertSign) != KeyUsages.None;
        if (mayIssue || signer.KeyUsage is not { } usage || (usage & KeyUsages.DigitalSignature) == KeyUsages.None)
        {
            return new(RefusalCode.WrongKeyUsage, $"The certificate of '{signer.Subject}' is {(mayIssue ? "that of a CA" : "not for digital signatures")}.");
        }

        return null;
    }

    private Outcome<Actor> Decide(Known entry, CertificateAuthority ca, ConfigurationSnapshot snapshot)
    {
        Certificate signer = entry.Certificate;
        DateTimeOffset now = clock.GetUtcNow();
        if (!signer.IsValidAt(now) || !ca.Certificate.IsValidAt(now))
        {
            return new Refusal(RefusalCode.Expired, $"The certificate of '{signer.Subject}', or that of its CA, is not valid at {now:u}.");
        }

        if (entry.Revoked || ca.Status == AuthorityStatus.Revoked)
        {
            return new Refusal(RefusalCode.Revoked, $"The certificate {signer.Serial} of '{signer.Subject}' is revoked.");
        }

        if (entry.CrlEndsAt + options.Value.ForeignCrlGrace < now)
        {
            return new Refusal(RefusalCode.Expired, $"The last CRL of CA '{ca.Name}' ended at {entry.CrlEndsAt:u}, so nobody knows whether the certificate {signer.Serial} of '{signer.Subject}' is revoked.");
        }

        if (!entry.Stored && options.Value.RequireAdministratorInDatabase)
        {
            return new Refusal(RefusalCode.NotFound, $"The certificate {signer.Serial} of '{signer.Subject}' is not in the certificate store.");
        }

        if (entry.Actor is { } actor && entry.ActorStamp == snapshot.Stamp)
        {
            return actor;
        }

        Role[] roles = [.. snapshot.Roles.Where(r => r.Members.Any(m => m.Matches(signer, ca.Id)))];
        if (roles.Length == 0)
        {
            return new Refusal(RefusalCode.NotAuthorized, $"'{signer.Subject}' (serial {signer.Serial}) is not a member of any role.");
        }

        entry.Actor = new(signer.Subject.ToString(), [.. roles.Select(r => r.Name)], [.. roles.Select(r => r.Rules)])
        {
            Certificate = new(ca.SubjectDn, signer.Serial.ToString()),
            Standing = new(entry.StoreKey, signer.NotAfter),
        };
        entry.ActorStamp = snapshot.Stamp;
        return entry.Actor;
    }

    private async Task LookUpAsync(IReadOnlyList<Known> entries, ConfigurationSnapshot snapshot, CancellationToken cancel)
    {
        // By issuer and serial number, as a CRL would: the octets around what the CA has signed are anybody's, and so is a
        // fingerprint over them.
        int[] cas = [.. entries.Select(e => e.CaId).Distinct()];
        string[] serials = [.. entries.Select(e => e.Serial)];
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        DateTimeOffset now = clock.GetUtcNow();
        var rows = await db.Set<CertificateRow>().Where(c => cas.Contains(c.CaId) && serials.Contains(c.Serial))
            .Select(c => new { c.CaId, c.Serial, c.Fingerprint, c.Status, c.Encoded }).ToListAsync(cancel);
        foreach (Known entry in entries)
        {
            var row = rows.FirstOrDefault(r => r.CaId == entry.CaId && r.Serial == entry.Serial);
            CertificateList? crl = snapshot.FindCa(entry.CaId) is { Status: AuthorityStatus.External } ? await CrlAsync(db, entry.CaId, snapshot.Stamp, cancel) : null;
            bool listed = crl?.Find(entry.Certificate.Serial) is { Reason: not RevocationReason.RemoveFromCrl };
            entry.Stored = row is not null && row.Encoded.AsSpan().SequenceEqual(entry.Certificate.Encoded.Span);
            entry.StandsAs(row?.Fingerprint);
            entry.Revoked = listed || row is { Status: not (CertificateStatus.Active or CertificateStatus.NotifiedAboutExpiration) };
            entry.CrlEndsAt = crl?.NextUpdate;
            entry.CheckedAt = now;
        }
    }

    /// <summary>The last imported CRL of an external CA (FLAWS C7). An import changes the stamp, so it is read again.</summary>
    private async Task<CertificateList?> CrlAsync(CaDbContext db, int caId, long stamp, CancellationToken cancel)
    {
        if (!crls.TryGetValue(caId, out (long Stamp, CertificateList? Crl) cached) || cached.Stamp != stamp)
        {
            cached = (stamp, await CrlRow.NewestAsync(db, caId, cancel));
            crls[caId] = cached;
        }

        return cached.Crl;
    }

    private sealed class Known(Certificate certificate, int caId)
    {
        public Certificate Certificate { get; } = certificate;

        public int CaId { get; } = caId;

        public string Serial { get; } = certificate.Serial.ToString();

        /// <summary>What the ledger asks for when it commits: the key of the certificate's row, whatever encoding came in.</summary>
        public string StoreKey { get; private set; } = Convert.ToHexStringLower(certificate.Sha1Fingerprint());

        public bool Stored { get; set; }

        public bool Revoked { get; set; }

        /// <summary>When the CRL that was asked about it ends; null: none was.</summary>
        public DateTimeOffset? CrlEndsAt { get; set; }

        public DateTimeOffset CheckedAt { get; set; }

        public Actor? Actor { get; set; }

        public long ActorStamp { get; set; }

        public void StandsAs(string? storeKey)
        {
            if (storeKey is not null && storeKey != StoreKey)
            {
                (StoreKey, Actor) = (storeKey, null);
            }
        }
    }
}
