using System.Text.Json;

namespace Pki.Migration.Import;

/// <summary>How far an import has come and what it has counted. Stored with each batch.</summary>
public sealed record ImportState
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = false };

    /// <summary>Rows of each table that are done with.</summary>
    public SortedDictionary<string, long> RowsRead { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Rows of each table that were stored now.</summary>
    public SortedDictionary<string, long> Stored { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Rows of each table that were here already.</summary>
    public SortedDictionary<string, long> Known { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Rows of each table that were set aside.</summary>
    public SortedDictionary<string, long> SetAside { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Rows of each table that nobody needs.</summary>
    public SortedDictionary<string, long> PassedOver { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Characters of the longest text of Base64CertData that was kept: what a row that has its certificate there may cost.</summary>
    public int LongestText { get; set; }

    /// <summary>Certificates that were here already and are revoked now.</summary>
    public long NewRevocations { get; set; }

    /// <summary>How often each note was made, by table and note.</summary>
    public SortedDictionary<string, long> Notes { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Accepted certificates by CA, status and revocation reason.</summary>
    public SortedDictionary<string, long> Certificates { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Accepted users by status.</summary>
    public SortedDictionary<string, long> Users { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Digest of what the operator chose at the beginning: a run goes on with the same only.</summary>
    public string? Choices { get; set; }

    /// <summary>Length of the list of rows set aside.</summary>
    public long ListLength { get; set; }

    /// <summary>Tables that are finished.</summary>
    public SortedSet<string> Finished { get; init; } = new(StringComparer.Ordinal);

    /// <summary>As it is stored.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Options);

    /// <summary>What <see cref="ToJson"/> wrote.</summary>
    public static ImportState FromJson(string json) => JsonSerializer.Deserialize<ImportState>(json, Options)!;

    internal static void Add(SortedDictionary<string, long> counts, string key, long number)
    {
        if (number != 0)
        {
            counts[key] = counts.GetValueOrDefault(key) + number;
        }
    }
}
