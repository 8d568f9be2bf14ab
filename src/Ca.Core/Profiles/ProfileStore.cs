using System.Security.Cryptography;
using Ca.Core.Audit;
using Ca.Core.Cmp;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.Trust;

namespace Ca.Core.Profiles;

/// <summary>Certificate profiles and end entity profiles: list, read and write as JSON.</summary>
public sealed class ProfileStore(IDbContextFactory<CaDbContext> databases, CaConfiguration configuration, ICaLedger ledger)
{
    /// <summary>All certificate profiles, the fixed ones too.</summary>
    public async Task<IReadOnlyList<CertificateProfile>> ListCertificateProfilesAsync(CancellationToken cancel) =>
        [.. (await configuration.CurrentAsync(cancel)).CertificateProfiles.Values.OrderBy(p => p.Id)];

    /// <summary>All end entity profiles, EMPTY too.</summary>
    public async Task<IReadOnlyList<EndEntityProfile>> ListEndEntityProfilesAsync(CancellationToken cancel) =>
        [.. (await configuration.CurrentAsync(cancel)).EndEntityProfiles.Values.OrderBy(p => p.Id)];

    /// <summary>A certificate profile as JSON; also a fixed one, to start an own one from.</summary>
    public static string ToJson(CertificateProfile profile) => ProfileJson.Write(profile);

    /// <summary>An end entity profile as JSON.</summary>
    public static string ToJson(EndEntityProfile profile) => ProfileJson.Write(profile);

    /// <summary>Creates or replaces a certificate profile. The refusal names what is wrong in the JSON.</summary>
    public async Task<Outcome<CertificateProfile>> SetCertificateProfileAsync(Actor actor, string name, string json, CancellationToken cancel) =>
        ProfileJson.TryRead<CertificateProfile>(json).Succeeded(out CertificateProfile? profile, out Refusal? refusal)
            ? await SetAsync(actor, name, profile, cancel)
            : refusal;

    /// <summary>Creates or replaces a certificate profile.</summary>
    public async Task<Outcome<CertificateProfile>> SetAsync(Actor actor, string name, CertificateProfile profile, CancellationToken cancel)
    {
        if (ProfileRules.Check(name, profile) is { } broken)
        {
            return broken;
        }

        await using CaDbContext read = await databases.CreateDbContextAsync(cancel);
        CertificateProfileRow? there = await read.Set<CertificateProfileRow>().AsNoTracking().SingleOrDefaultAsync(r => r.Name == name, cancel);
        CertificateProfileRow row = there ?? new() { Id = NewId(), Name = name, Definition = "" };
        row.Definition = ProfileJson.Write(profile);
        await CommitAsync(actor, there is null ? AuditEvents.CertProfileCreation : AuditEvents.CertProfileEditing, name, row.Definition, db => _ = there is null ? db.Add(row) : db.Update(row), cancel);
        return profile with { Id = row.Id, Name = name };
    }

    /// <summary>Creates or replaces an end entity profile. The refusal names what is wrong in the JSON.</summary>
    public async Task<Outcome<EndEntityProfile>> SetEndEntityProfileAsync(Actor actor, string name, string json, CancellationToken cancel) =>
        ProfileJson.TryRead<EndEntityProfile>(json).Succeeded(out EndEntityProfile? profile, out Refusal? refusal)
            ? await SetAsync(actor, name, profile, cancel)
            : refusal;

    /// <summary>Creates or replaces an end entity profile.</summary>
    public async Task<Outcome<EndEntityProfile>> SetAsync(Actor actor, string name, EndEntityProfile profile, CancellationToken cancel)
    {
        if (ProfileRules.Check(name, profile) is { } broken)
        {
            return broken;
        }

        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(cancel);
        foreach (string used in profile.CertificateProfiles.Append(profile.DefaultCertificateProfile))
        {
            if (!snapshot.CertificateProfiles.ContainsKey(used))
            {
                return new Refusal(RefusalCode.NotFound, $"There is no certificate profile '{used}'.");
            }
        }

        await using CaDbContext read = await databases.CreateDbContextAsync(cancel);
        EndEntityProfileRow? there = await read.Set<EndEntityProfileRow>().AsNoTracking().SingleOrDefaultAsync(r => r.Name == name, cancel);
        EndEntityProfileRow row = there ?? new() { Id = NewId(), Name = name, Definition = "" };
        row.Definition = ProfileJson.Write(profile);
        await CommitAsync(actor, there is null ? AuditEvents.RaAddEndEntityProfile : AuditEvents.RaEditEndEntityProfile, name, row.Definition, db => _ = there is null ? db.Add(row) : db.Update(row), cancel);
        return profile with { Id = row.Id, Name = name };
    }

    /// <summary>
    /// Removes an own certificate profile that no end entity and no CMP alias uses, and whose approvals no certificate needs:
    /// revoking it and recovering its key would else ask fewer people than when it was issued.
    /// </summary>
    public async Task<Outcome<CertificateProfile>> DeleteCertificateProfileAsync(Actor actor, string name, CancellationToken cancel)
    {
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(cancel);
        if (!snapshot.CertificateProfiles.TryGetValue(name, out CertificateProfile? profile) || profile.Id < FixedProfiles.FirstOwnId)
        {
            return new Refusal(RefusalCode.NotFound, $"There is no certificate profile '{name}' that could be removed.");
        }

        if (CmpAliasReferences.FindByCertificateProfile(snapshot, name) is { } alias)
        {
            return new Refusal(RefusalCode.Conflict, $"CMP alias '{alias.Name}' uses certificate profile '{name}'.");
        }

        await using CaDbContext read = await databases.CreateDbContextAsync(cancel);
        if (await read.Set<EndEntities.EndEntityRow>().AnyAsync(u => u.CertificateProfileId == profile.Id, cancel))
        {
            return new Refusal(RefusalCode.Conflict, $"End entities use certificate profile '{name}'.");
        }

        if (profile.Approvals is not { Revocation: 0, KeyRecovery: 0 }
            && await read.Set<Certificates.CertificateRow>().AnyAsync(c => c.CertificateProfileId == profile.Id, cancel))
        {
            return new Refusal(RefusalCode.Conflict, $"There are certificates of profile '{name}', which demands approvals for them. Whoever wants none any more sets them to 0 first.");
        }

        await CommitAsync(actor, AuditEvents.CertProfileDeletion, name, null, async (db, token) => await db.Set<CertificateProfileRow>().Where(r => r.Id == profile.Id).ExecuteDeleteAsync(token), cancel);
        return profile;
    }

    /// <summary>Removes an own end entity profile that no end entity and no CMP alias uses.</summary>
    public async Task<Outcome<EndEntityProfile>> DeleteEndEntityProfileAsync(Actor actor, string name, CancellationToken cancel)
    {
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(cancel);
        if (!snapshot.EndEntityProfiles.TryGetValue(name, out EndEntityProfile? profile) || profile.Id < FixedProfiles.FirstOwnId)
        {
            return new Refusal(RefusalCode.NotFound, $"There is no end entity profile '{name}' that could be removed.");
        }

        if (CmpAliasReferences.FindByEndEntityProfile(snapshot, name) is { } alias)
        {
            return new Refusal(RefusalCode.Conflict, $"CMP alias '{alias.Name}' uses end entity profile '{name}'.");
        }

        await using CaDbContext read = await databases.CreateDbContextAsync(cancel);
        if (await read.Set<EndEntities.EndEntityRow>().AnyAsync(u => u.EndEntityProfileId == profile.Id, cancel))
        {
            return new Refusal(RefusalCode.Conflict, $"End entities use end entity profile '{name}'.");
        }

        await CommitAsync(actor, AuditEvents.RaRemoveEndEntityProfile, name, null, async (db, token) => await db.Set<EndEntityProfileRow>().Where(r => r.Id == profile.Id).ExecuteDeleteAsync(token), cancel);
        return profile;
    }

    private Task CommitAsync(Actor actor, string auditEvent, string name, string? definition, Action<CaDbContext> change, CancellationToken cancel) =>
        CommitAsync(actor, auditEvent, name, definition, (db, _) =>
        {
            change(db);
            return Task.CompletedTask;
        }, cancel);

    private Task CommitAsync(Actor actor, string auditEvent, string name, string? definition, Func<CaDbContext, CancellationToken, Task> change, CancellationToken cancel)
    {
        var work = new CaWork();
        work.Stage(change);
        work.Stage(ConfigurationStamp.BumpAsync);
        work.Audit(new AuditEntry(auditEvent, AuditStatus.Success, actor.Name).With("name", name).With("definition", definition));
        return ledger.CommitAsync(work, cancel);
    }

    private static int NewId() => RandomNumberGenerator.GetInt32(FixedProfiles.FirstOwnId, int.MaxValue);
}
