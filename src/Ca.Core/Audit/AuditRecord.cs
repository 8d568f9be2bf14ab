using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ca.Core.Audit;

/// <summary>
/// One link of a node's audit chain: its hash covers every column and the hash before it, so that nothing can be
/// changed, left out or put between without the chain breaking.
/// </summary>
internal sealed class AuditRecord : IRow<AuditRecord>
{
    public const string KeyConstraint = "pk_audit_record";

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public required string NodeId { get; set; }

    /// <summary>From 1, without gaps.</summary>
    public long Sequence { get; set; }

    /// <summary>Milliseconds since 1970 UTC.</summary>
    public long At { get; set; }

    public required string Event { get; set; }

    public AuditStatus Status { get; set; }

    public required string Module { get; set; }

    public required string Service { get; set; }

    public required string AuthToken { get; set; }

    public string? CustomId { get; set; }

    public string? SearchDetail1 { get; set; }

    public string? SearchDetail2 { get; set; }

    /// <summary>A JSON object of texts, kept exactly as it was hashed.</summary>
    public required string Details { get; set; }

    public required byte[] PreviousHash { get; set; }

    public required byte[] Hash { get; set; }

    /// <summary>The link that follows.</summary>
    public static AuditRecord After(AuditHead last, string nodeId, DateTimeOffset at, AuditEntry entry)
    {
        var record = new AuditRecord
        {
            NodeId = nodeId,
            Sequence = last.Sequence + 1,
            At = at.ToUnixTimeMilliseconds(),
            Event = entry.Event,
            Status = entry.Status,
            Module = entry.Module,
            Service = entry.Service,
            AuthToken = Storable(entry.Actor),
            CustomId = entry.CustomId,
            SearchDetail1 = entry.SearchDetail1 is null ? null : Storable(entry.SearchDetail1),
            SearchDetail2 = entry.SearchDetail2 is null ? null : Storable(entry.SearchDetail2),
            Details = WriteDetails(entry.Details),
            PreviousHash = last.Hash,
            Hash = [],
        };
        record.Hash = record.ComputeHash();
        return record;
    }

    /// <summary>
    /// SHA-256 over the columns in the order of this class, each as a four-octet big-endian length and its UTF-8
    /// octets; numbers as decimal text; an absent column has the length FFFFFFFF.
    /// </summary>
    public byte[] ComputeHash()
    {
        using var digest = new CanonicalDigest();
        return digest.Add(NodeId).Add(Sequence.ToString(CultureInfo.InvariantCulture)).Add(At.ToString(CultureInfo.InvariantCulture))
            .Add(Event).Add(((int)Status).ToString(CultureInfo.InvariantCulture)).Add(Module).Add(Service).Add(AuthToken)
            .Add(CustomId).Add(SearchDetail1).Add(SearchDetail2).Add(Details).Add(PreviousHash).Finish();
    }

    public static void Map(EntityTypeBuilder<AuditRecord> row)
    {
        row.ToTable("audit_record");
        row.HasKey(r => new { r.NodeId, r.Sequence });
        row.Property(r => r.NodeId).HasMaxLength(100);
        row.Property(r => r.Sequence).ValueGeneratedNever();
        row.HasIndex(r => r.At);
    }

    public static IReadOnlyList<KeyValuePair<string, string>> ReadDetails(string details)
    {
        using JsonDocument json = JsonDocument.Parse(details);
        return [.. json.RootElement.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, p.Value.GetString() ?? ""))];
    }

    private static string WriteDetails(IReadOnlyList<KeyValuePair<string, string>> details)
    {
        if (details.Count == 0)
        {
            return "{}";
        }

        var map = new Dictionary<string, string>(details.Count, StringComparer.Ordinal);
        foreach ((string name, string value) in details)
        {
            map[name] = Storable(value);
        }

        return JsonSerializer.Serialize(map, Plain);
    }

    /// <summary>PostgreSQL text holds no NUL, and a lone surrogate would come back as another text than was hashed.</summary>
    private static string Storable(string text) =>
        text.Contains('\0', StringComparison.Ordinal) || text.Any(char.IsSurrogate)
            ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Replace('\0', '\uFFFD')))
            : text;
}

/// <summary>Where a node's chain ends.</summary>
internal sealed record AuditHead(long Sequence, byte[] Hash)
{
    /// <summary>Before the first record.</summary>
    public static AuditHead Start { get; } = new(0, new byte[SHA256.HashSizeInBytes]);

    public static async Task<AuditHead> LoadAsync(CaDbContext db, string nodeId)
    {
        var last = await db.Set<AuditRecord>().AsNoTracking().Where(r => r.NodeId == nodeId)
            .OrderByDescending(r => r.Sequence).Select(r => new { r.Sequence, r.Hash }).FirstOrDefaultAsync();
        return last is null ? Start : new(last.Sequence, last.Hash);
    }
}
