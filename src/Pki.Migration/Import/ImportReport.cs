using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ca.Core.Importing;

namespace Pki.Migration.Import;

/// <summary>One check of the result (MIGRATION §9).</summary>
/// <param name="What">What was checked.</param>
/// <param name="Passed">It holds.</param>
/// <param name="Detail">Numbers.</param>
public sealed record ImportCheck(string What, bool Passed, string Detail);

/// <summary>What an import did, for people and for auditors. Holds no password and no key.</summary>
public sealed record ImportReport
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Where the rows came from, with their digest.</summary>
    public required string Source { get; init; }

    /// <summary>The run's name.</summary>
    public required string Run { get; init; }

    /// <summary>Nothing was stored.</summary>
    public required bool DryRun { get; init; }

    /// <summary>Who.</summary>
    public required string Operator { get; init; }

    /// <summary>When this session of the import began.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>When it ended.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>All counts.</summary>
    public required ImportState Counts { get; init; }

    /// <summary>The checks.</summary>
    public required IReadOnlyList<ImportCheck> Checks { get; init; }

    /// <summary>The report as it is written and signed.</summary>
    public byte[] ToJson() => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(this, Options) + "\n");

    /// <summary>Whether every row of the source is accounted for. Checks 2, 6 and 8 of MIGRATION §9 are made row by row while reading: what fails them is set aside.</summary>
    public static IReadOnlyList<ImportCheck> CheckRows(ImportState state)
    {
        var checks = new List<ImportCheck>();
        foreach (string table in new[] { SiteImport.CertificatesTable, SiteImport.UnstoredTable, SiteImport.KeysTable, SiteImport.UsersTable })
        {
            long read = state.RowsRead.GetValueOrDefault(table);
            long sum = state.Stored.GetValueOrDefault(table) + state.Known.GetValueOrDefault(table) + state.SetAside.GetValueOrDefault(table) + state.PassedOver.GetValueOrDefault(table);
            checks.Add(new($"{table}: every row is stored, known, set aside or not needed", read == sum, $"{read} rows, {sum} accounted for"));
        }

        long setAside = state.SetAside.Values.Sum();
        checks.Add(new("nothing was set aside", setAside == 0, $"{setAside} rows"));
        return checks;
    }

    /// <summary>Each CA with a key whose certificates came along goes on with its CRL numbers and does not begin anew (MIGRATION §5).</summary>
    /// <param name="state">What the import counted.</param>
    /// <param name="unknown">CAs whose numbers nobody has told.</param>
    public static IEnumerable<ImportCheck> CheckCrlNumbers(ImportState state, IReadOnlyList<string> unknown) =>
        state.Certificates.Keys.Select(key => key.Split('|')[0]).Distinct(StringComparer.Ordinal)
            .Select(name => (Name: name, IsKnown: !unknown.Contains(name, StringComparer.Ordinal)))
            .Select(ca => new ImportCheck(
                $"CA '{ca.Name}': it is known which CRL numbers it has used", ca.IsKnown, ca.IsKnown ? "they go on above them" : "no CRL that it has signed was read: its numbers would begin anew"));

    /// <summary>Whether what was accepted is stored (MIGRATION §9 checks 1, 6).</summary>
    /// <param name="state">What the import counted.</param>
    /// <param name="stored">Certificates in the database now.</param>
    /// <param name="users">End entities in the database now.</param>
    /// <param name="caNames">CA id → name.</param>
    public static IReadOnlyList<ImportCheck> CheckStored(ImportState state, IReadOnlyList<CertificateCount> stored, long users, IReadOnlyDictionary<int, string> caNames)
    {
        List<ImportCheck> checks = [];
        var inDatabase = stored.ToDictionary(c => FormattableString.Invariant($"{caNames.GetValueOrDefault(c.CaId, "")}|{(int)c.Status}|{c.Reason}"), c => c.Count, StringComparer.Ordinal);
        foreach ((string key, long count) in state.Certificates)
        {
            long here = inDatabase.GetValueOrDefault(key);
            checks.Add(new($"certificates of CA|status|reason {key}", here >= count, $"{count} in the source, {here} here"));
        }

        long accepted = state.Users.Values.Sum();
        checks.Add(new("users", users >= accepted, $"{accepted} in the source, {users} here"));
        return checks;
    }
}
