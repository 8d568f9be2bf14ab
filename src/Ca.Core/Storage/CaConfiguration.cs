using Ca.Core.Authorities;
using Ca.Core.Cmp;
using Ca.Core.Profiles;
using Ca.Core.Roles;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Storage;

/// <summary>CAs, profiles, roles and CMP aliases as they were at one moment.</summary>
public sealed class ConfigurationSnapshot
{
    private readonly Dictionary<string, CertificateAuthority> casByName;
    private readonly Dictionary<int, CertificateAuthority> casById;

    internal ConfigurationSnapshot(long stamp, IReadOnlyList<CertificateAuthority> cas, IReadOnlyList<CertificateProfile> certificateProfiles, IReadOnlyList<EndEntityProfile> endEntityProfiles, IReadOnlyList<Role> roles, IReadOnlyDictionary<string, Outcome<CmpAlias>> cmpAliases)
    {
        Stamp = stamp;
        casByName = cas.ToDictionary(c => c.Name, StringComparer.Ordinal);
        casById = cas.ToDictionary(c => c.Id);
        CertificateProfiles = certificateProfiles.ToDictionary(p => p.Name, StringComparer.Ordinal);
        EndEntityProfiles = endEntityProfiles.ToDictionary(p => p.Name, StringComparer.Ordinal);
        CertificateProfilesById = certificateProfiles.ToDictionary(p => p.Id);
        EndEntityProfilesById = endEntityProfiles.ToDictionary(p => p.Id);
        Roles = roles;
        var aliases = new Dictionary<string, CmpAlias>(StringComparer.Ordinal);
        var unreadable = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, Outcome<CmpAlias> read) in cmpAliases)
        {
            if (read.Succeeded(out CmpAlias? alias, out Refusal? why))
            {
                aliases.Add(name, alias);
            }
            else
            {
                unreadable.Add(name, why.Detail);
            }
        }

        (CmpAliases, UnreadableCmpAliases) = (aliases, unreadable);
    }

    /// <summary>Grows with every change.</summary>
    public long Stamp { get; }

    /// <summary>All CAs.</summary>
    public IReadOnlyCollection<CertificateAuthority> Cas => casById.Values;

    /// <summary>By name.</summary>
    public IReadOnlyDictionary<string, CertificateProfile> CertificateProfiles { get; }

    /// <summary>By name.</summary>
    public IReadOnlyDictionary<string, EndEntityProfile> EndEntityProfiles { get; }

    /// <summary>All roles.</summary>
    public IReadOnlyList<Role> Roles { get; }

    /// <summary>By name.</summary>
    public IReadOnlyDictionary<string, CmpAlias> CmpAliases { get; }

    /// <summary>
    /// By name: why. A newer program may have written a setting that this one does not know; it serves the others and
    /// everything else meanwhile, and this alias not at all.
    /// </summary>
    public IReadOnlyDictionary<string, string> UnreadableCmpAliases { get; }

    internal Dictionary<int, CertificateProfile> CertificateProfilesById { get; }

    internal Dictionary<int, EndEntityProfile> EndEntityProfilesById { get; }

    /// <summary>The CA of this name; null when there is none.</summary>
    public CertificateAuthority? FindCa(string name) => casByName.GetValueOrDefault(name);

    /// <summary>The CA of this id; null when there is none.</summary>
    public CertificateAuthority? FindCa(int id) => casById.GetValueOrDefault(id);

    /// <summary>The CA of this subject, however the DN is written; null when there is none.</summary>
    public CertificateAuthority? FindCaByDn(string subjectDn) =>
        DistinguishedName.Parse(subjectDn).Succeeded(out DistinguishedName? name, out _)
            ? Cas.FirstOrDefault(ca => ca.SubjectDn == name.ToString())
            : null;
}

/// <summary>
/// Keeps the configuration in memory. Asking costs one read of one row; everything is loaded again only when that
/// row's number has changed.
/// </summary>
public sealed class CaConfiguration : IAsyncDisposable
{
    private static readonly Func<CaDbContext, CancellationToken, Task<long>> ReadStamp =
        EF.CompileAsyncQuery((CaDbContext db, CancellationToken _) => db.Set<ConfigurationStamp>().Select(r => r.Stamp).Single());

    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(1);

    private readonly IDbContextFactory<CaDbContext> databases;
    private readonly TimeProvider clock;
    private readonly SharedReads<int, ConfigurationSnapshot> reads;
    private readonly SemaphoreSlim loading = new(1);
    private ConfigurationSnapshot? current;
    private long lookedAt; // UTC ticks

    /// <summary>Over the CA database.</summary>
    public CaConfiguration(IDbContextFactory<CaDbContext> databases, TimeProvider clock)
    {
        this.databases = databases;
        this.clock = clock;
        reads = new(ReadAsync);
    }

    /// <summary>The configuration as of now.</summary>
    public Task<ConfigurationSnapshot> CurrentAsync(CancellationToken cancel) => reads.FindAsync(ConfigurationStamp.TheOnly, cancel);

    /// <summary>The configuration as it was when anybody last looked, at most a second ago: for what is asked for each message.</summary>
    public async ValueTask<ConfigurationSnapshot> RecentAsync(CancellationToken cancel) =>
        current is { } known && clock.GetUtcNow().UtcTicks - Volatile.Read(ref lookedAt) < FreshFor.Ticks ? known : await CurrentAsync(cancel);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await reads.DisposeAsync();
        loading.Dispose();
    }

    internal async Task<ConfigurationSnapshot> CurrentAsync(CaDbContext db, CancellationToken cancel)
    {
        long now = clock.GetUtcNow().UtcTicks;
        long stamp = await ReadStamp(db, cancel);
        Volatile.Write(ref lookedAt, now);
        if (current is { } known && known.Stamp == stamp)
        {
            return known;
        }

        await loading.WaitAsync(cancel);
        try
        {
            return current is { } meanwhile && meanwhile.Stamp == stamp ? meanwhile : current = await LoadAsync(db, stamp, cancel);
        }
        finally
        {
            loading.Release();
        }
    }

    private async Task<IReadOnlyList<ConfigurationSnapshot>> ReadAsync(IReadOnlyList<int> asked)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync();
        ConfigurationSnapshot snapshot = await CurrentAsync(db, CancellationToken.None);
        return [.. asked.Select(_ => snapshot)];
    }

    private static async Task<ConfigurationSnapshot> LoadAsync(CaDbContext db, long stamp, CancellationToken cancel)
    {
        List<AuthorityRow> cas = await db.Set<AuthorityRow>().AsNoTracking().ToListAsync(cancel);
        List<CertificateProfileRow> certificateProfiles = await db.Set<CertificateProfileRow>().AsNoTracking().ToListAsync(cancel);
        List<EndEntityProfileRow> endEntityProfiles = await db.Set<EndEntityProfileRow>().AsNoTracking().ToListAsync(cancel);
        List<RoleRow> roles = await db.Set<RoleRow>().AsNoTracking().ToListAsync(cancel);
        List<RoleMemberRow> members = await db.Set<RoleMemberRow>().AsNoTracking().ToListAsync(cancel);
        List<AccessRuleRow> rules = await db.Set<AccessRuleRow>().AsNoTracking().ToListAsync(cancel);
        List<CmpAliasRow> cmpAliases = await db.Set<CmpAliasRow>().AsNoTracking().ToListAsync(cancel);
        return new(
            stamp,
            [.. cas.Select(r => new CertificateAuthority(r))],
            [.. FixedProfiles.Certificate, .. certificateProfiles.Select(r => ProfileJson.Read<CertificateProfile>(r.Definition) with { Id = r.Id, Name = r.Name })],
            [FixedProfiles.Empty, .. endEntityProfiles.Select(r => ProfileJson.Read<EndEntityProfile>(r.Definition) with { Id = r.Id, Name = r.Name })],
            [.. roles.Select(r => ToRole(r, members, rules))],
            cmpAliases.ToDictionary(r => r.Name, ToAlias, StringComparer.Ordinal));
    }

    private static Outcome<CmpAlias> ToAlias(CmpAliasRow row) =>
        ProfileJson.TryRead<CmpAlias>(row.Definition).Succeeded(out CmpAlias? alias, out Refusal? refusal) ? alias with { Name = row.Name } : refusal;

    private static Role ToRole(RoleRow role, List<RoleMemberRow> members, List<AccessRuleRow> rules) => new(
        role.Name,
        [.. members.Where(m => m.RoleName == role.Name).Select(m => new RoleMember(m.Id, m.IssuerCaId, m.MatchWith, m.Operator, m.Value))],
        [.. rules.Where(r => r.RoleName == role.Name).Select(r => new AccessRule(r.Resource, r.Decision))]);
}
