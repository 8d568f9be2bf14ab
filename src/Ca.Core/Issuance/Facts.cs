using Ca.Core.Certificates;
using Ca.Core.EndEntities;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.Trust;

namespace Ca.Core.Issuance;

/// <summary>What a decision about one request needs to know from the database.</summary>
/// <param name="Configuration">CAs and profiles.</param>
/// <param name="Order">The request with its names resolved, or why they cannot be.</param>
/// <param name="OwnPlan">What an earlier attempt at this request planned.</param>
/// <param name="UsersPlan">A plan for the same user, be it of this request or of another.</param>
/// <param name="User">The end entity.</param>
/// <param name="Claims">Who owns the key and the names.</param>
/// <param name="Renewed">The certificate that is renewed.</param>
/// <param name="UsersCertificates">Read only where an earlier certificate may be reused.</param>
internal sealed record Facts(
    ConfigurationSnapshot Configuration,
    Outcome<IssuanceOrder> Order,
    PlanRow? OwnPlan,
    PlanRow? UsersPlan,
    EndEntityRow? User,
    IReadOnlyList<ClaimRow> Claims,
    CertificateRow? Renewed,
    IReadOnlyList<CertificateRow> UsersCertificates);

/// <summary>
/// Loads the facts of all requests that wait at a moment together: a handful of queries for a batch, not for each.
/// </summary>
internal sealed class FactLoader : IAsyncDisposable
{
    private readonly IDbContextFactory<CaDbContext> databases;
    private readonly CaConfiguration configuration;
    private readonly SharedReads<IssuanceRequest, Facts> reads;

    public FactLoader(IDbContextFactory<CaDbContext> databases, CaConfiguration configuration)
    {
        this.databases = databases;
        this.configuration = configuration;
        reads = new(QueryAsync);
    }

    public Task<Facts> LoadAsync(IssuanceRequest request, CancellationToken cancel) => reads.FindAsync(request, cancel);

    public ValueTask DisposeAsync() => reads.DisposeAsync();

    /// <summary>
    /// Plans are read before claims and certificates: a plan that is finished in between then shows as its result, and
    /// never as neither.
    /// </summary>
    private async Task<IReadOnlyList<Facts>> QueryAsync(IReadOnlyList<IssuanceRequest> requests)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync();
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(db, CancellationToken.None);
        string[] ids = [.. requests.Select(r => r.PlanKey.UniqueId).Distinct(StringComparer.Ordinal)];
        string[] names = [.. requests.Select(r => r.Username).Distinct(StringComparer.Ordinal)];
        List<PlanRow> plans = await ReadAsync(db.Set<PlanRow>().Where(p => ids.Contains(p.UniqueId) || names.Contains(p.Username)));
        Dictionary<string, EndEntityRow> users = (await ReadAsync(db.Set<EndEntityRow>().Where(u => names.Contains(u.Username)))).ToDictionary(u => u.Username, StringComparer.Ordinal);

        Outcome<IssuanceOrder>[] orders = [.. requests.Select(r => IssuanceOrder.Resolve(r, users.GetValueOrDefault(r.Username), snapshot))];
        byte[][] digests = [.. orders.SelectMany(o => o.Succeeded(out IssuanceOrder? order, out _) ? order.Claims.Select(c => c.Digest) : [])];
        List<ClaimRow> claims = digests.Length == 0 ? [] : await ReadAsync(db.Set<ClaimRow>().Where(c => digests.Contains(c.Digest)));
        List<CertificateRow> certificates = await CertificatesAsync(db, requests);

        ILookup<string, PlanRow> plansById = plans.ToLookup(p => p.UniqueId, StringComparer.Ordinal);
        ILookup<string, PlanRow> plansByUser = plans.ToLookup(p => p.Username, StringComparer.Ordinal);
        ILookup<string, ClaimRow> claimsByDigest = claims.ToLookup(c => Convert.ToHexString(c.Digest), StringComparer.Ordinal);
        return [.. requests.Select((r, i) => new Facts(
            snapshot,
            orders[i],
            plansById[r.PlanKey.UniqueId].FirstOrDefault(p => p.Part == r.PlanKey.Index && p.RequestHash.AsSpan().SequenceEqual(r.PlanKey.RequestHash)),
            plansByUser[r.Username].FirstOrDefault(),
            users.GetValueOrDefault(r.Username)?.Copy(), // two requests of a batch must not share what one may change
            orders[i].Succeeded(out IssuanceOrder? order, out _) ? [.. order.Claims.SelectMany(c => claimsByDigest[Convert.ToHexString(c.Digest)])] : [],
            certificates.FirstOrDefault(c => c.Fingerprint == FingerprintOf(r)),
            r.ReuseWindow is null ? [] : [.. certificates.Where(c => c.Username == r.Username)]))];
    }

    private static async Task<List<CertificateRow>> CertificatesAsync(CaDbContext db, IReadOnlyList<IssuanceRequest> requests)
    {
        string[] fingerprints = [.. requests.Select(FingerprintOf).OfType<string>()];
        string[] names = [.. requests.Where(r => r.ReuseWindow is not null).Select(r => r.Username).Distinct(StringComparer.Ordinal)];
        return fingerprints.Length == 0 && names.Length == 0
            ? []
            : await ReadAsync(db.Set<CertificateRow>().Where(c => fingerprints.Contains(c.Fingerprint) || (c.Username != null && names.Contains(c.Username))));
    }

    private static string? FingerprintOf(IssuanceRequest request) =>
        request.OldCertificate is { } old ? Convert.ToHexStringLower(old.Sha1Fingerprint()) : null;

    private static Task<List<T>> ReadAsync<T>(IQueryable<T> query)
        where T : class => query.AsNoTracking().ToListAsync();
}
