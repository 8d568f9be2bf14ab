using Ca.Core.Audit;
using Ca.Core.Ledger;
using Ca.Core.Profiles;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.Trust;

namespace Ca.Core.Cmp;

/// <summary>The aliases, in the CA database (CMP-A-41). A change counts for the next message, on every node (CMP-A-44).</summary>
public sealed class CmpAliases(IDbContextFactory<CaDbContext> databases, CaConfiguration configuration, ICaLedger ledger)
{
    /// <summary>The alias; null when there is none.</summary>
    public async Task<CmpAlias?> FindAsync(string name, CancellationToken cancel) =>
        (await configuration.CurrentAsync(cancel)).CmpAliases.GetValueOrDefault(name);

    /// <summary>All aliases, by name.</summary>
    public async Task<IReadOnlyList<CmpAlias>> ListAsync(CancellationToken cancel) =>
        [.. (await configuration.CurrentAsync(cancel)).CmpAliases.Values.OrderBy(a => a.Name, StringComparer.Ordinal)];

    /// <summary>An alias as JSON, with all members and no secret.</summary>
    public static string ToJson(CmpAlias alias) => ProfileJson.Write(alias);

    /// <summary>Creates or replaces an alias. The refusal names what is wrong in the JSON.</summary>
    public async Task<Outcome<CmpAlias>> SetAsync(Actor actor, string name, string json, CancellationToken cancel) =>
        ProfileJson.TryRead<CmpAlias>(json).Succeeded(out CmpAlias? alias, out Refusal? refusal) ? await SetAsync(actor, name, alias, cancel) : refusal;

    /// <summary>Creates or replaces an alias.</summary>
    public async Task<Outcome<CmpAlias>> SetAsync(Actor actor, string name, CmpAlias alias, CancellationToken cancel)
    {
        if (CmpAliasRules.Check(name, alias, await configuration.CurrentAsync(cancel)) is { } broken)
        {
            return broken;
        }

        if (CmpAliasRules.CheckPathsAmong(name, alias, await ListAsync(cancel)) is { } taken)
        {
            return taken;
        }

        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        CmpAliasRow? there = await db.Set<CmpAliasRow>().AsNoTracking().SingleOrDefaultAsync(r => r.Name == name, cancel);
        CmpAliasRow row = there ?? new() { Name = name, Definition = "" };
        string? before = there?.Definition;
        row.Definition = ProfileJson.Write(alias);
        var work = new CaWork();
        work.Stage(target => _ = there is null ? target.Add(row) : target.Update(row));
        work.Stage(ConfigurationStamp.BumpAsync);
        work.Audit(new AuditEntry(AuditEvents.CustomLogInfo, AuditStatus.Success, actor.Name) { Module = "CMP" }
            .With("alias", name).With("before", before).With("after", row.Definition));
        await ledger.CommitAsync(work, cancel);
        return alias with { Name = name };
    }

    /// <summary>What an administrator should know of an alias that works: where it will not do what he may expect of it (CMP-M-2).</summary>
    public async Task<IReadOnlyList<string>> NotesAsync(CmpAlias alias, CancellationToken cancel) =>
        alias.ComparesCodes && (await configuration.CurrentAsync(cancel)).EndEntityProfiles.TryGetValue(alias.EndEntityProfile, out EndEntityProfile? profile) && !profile.Password.Reversible
            ? [$"End entity profile '{profile.Name}' keeps enrolment codes as hashes, which verify no MAC: devices need password.reversible in their profile and a code that is set after that, or a secret of their own (pki cmp secret set --key-id)."]
            : [];

    /// <summary>Removes an alias with its secrets and the RAs it trusts. Certificates that still wait for their confirmation are taken back in time.</summary>
    public async Task<Outcome<CmpAlias>> RemoveAsync(Actor actor, string name, CancellationToken cancel)
    {
        if (await FindAsync(name, cancel) is not { } alias)
        {
            return new Refusal(RefusalCode.NotFound, $"There is no CMP alias '{name}'.");
        }

        var work = new CaWork();
        work.Stage((db, token) => db.Set<CmpSecretRow>().Where(r => r.Alias == name).ExecuteDeleteAsync(token));
        work.Stage((db, token) => db.Set<CmpTrustedRaRow>().Where(r => r.Alias == name).ExecuteDeleteAsync(token));
        work.Stage((db, token) => db.Set<CmpAliasRow>().Where(r => r.Name == name).ExecuteDeleteAsync(token));
        work.Stage(ConfigurationStamp.BumpAsync);
        work.Audit(new AuditEntry(AuditEvents.CustomLogInfo, AuditStatus.Success, actor.Name) { Module = "CMP" }.With("alias", name).With("before", ToJson(alias)).With("after", null));
        await ledger.CommitAsync(work, cancel);
        return alias;
    }
}
