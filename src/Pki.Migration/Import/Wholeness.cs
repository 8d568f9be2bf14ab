using System.Globalization;
using Pki.Migration.Sources;
using Pki.Protocols.Trust;

namespace Pki.Migration.Import;

/// <summary>
/// What was noted at the old system about an export (MIGRATION §3.2): digests and numbers of rows. A file that was cut off
/// behind a row looks whole, and checks that compare what was read with what was read hold for it.
/// </summary>
/// <param name="Digests">SHA-256, lower-case hex, by path as it was written there; empty: not taken.</param>
/// <param name="Rows">Number of rows by table; empty: not counted.</param>
/// <param name="MayLackEnd">An export that nothing of this kind tells about is taken nevertheless.</param>
public sealed record Wholeness(IReadOnlyDictionary<string, string> Digests, IReadOnlyDictionary<string, long> Rows, bool MayLackEnd)
{
    private const int HexLength = 64;

    internal static readonly string[] Counted =
        [SiteImport.Texts, SiteImport.CertificatesTable, SiteImport.UnstoredTable, SiteImport.KeysTable, SiteImport.UsersTable, SiteImport.CrlsTable];

    /// <summary>Reads what sha256sum writes, and TABLE=NUMBER.</summary>
    public static Outcome<Wholeness> Parse(string? sha256Sums, IReadOnlyList<string> rows, bool mayLackEnd)
    {
        var digests = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in (sha256Sums ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = line.Split(' ', 2, StringSplitOptions.TrimEntries);
            if (parts.Length != 2 || parts[0].Length != HexLength || !parts[0].All(char.IsAsciiHexDigit) || !digests.TryAdd(parts[1].TrimStart('*'), parts[0].ToLowerInvariant()))
            {
                return new Refusal(RefusalCode.Malformed, "A line of the digests is not one that sha256sum writes, or is of a file that has a line already.");
            }
        }

        var counts = new Dictionary<string, long>(StringComparer.OrdinalIgnoreCase);
        foreach (string[] pair in rows.Select(text => text.Split('=', 2)))
        {
            if (pair.Length != 2 || !long.TryParse(pair[1], NumberStyles.None, CultureInfo.InvariantCulture, out long count) || !Counted.Contains(pair[0], StringComparer.OrdinalIgnoreCase) || !counts.TryAdd(pair[0], count))
            {
                return new Refusal(RefusalCode.Malformed, $"A number of rows is not written as TABLE=NUMBER, or its table is none of {string.Join(", ", Counted)}, or has one already.");
            }
        }

        return new Wholeness(digests, counts, mayLackEnd);
    }

    /// <summary>Why this source must not be imported; null: it may.</summary>
    public Refusal? Check(ILegacySource source)
    {
        if (Digests.Count > 0 && source.Digests.Count == 0)
        {
            return new(RefusalCode.PolicyViolation, "There are digests, and no file to compare with them.");
        }

        if (Digests.Count > 0 && source.Digests.FirstOrDefault(file => !Digests.Any(taken => IsFile(taken.Key, file.Key) && taken.Value == file.Value)) is { Key: { } changed })
        {
            return new(RefusalCode.Conflict, $"'{changed}' has another digest than the one that was taken, or none was taken of it.");
        }

        // Beside a dump other files may have been noted; a folder is all that was noted.
        if (source is not MysqlDump && Digests.Keys.FirstOrDefault(taken => !source.Digests.Keys.Any(file => IsFile(taken, file))) is { } lost)
        {
            return new(RefusalCode.Conflict, $"'{lost}' was there when the digests were taken and is not there now.");
        }

        return source.HasEndMark || IsKnown(source) || MayLackEnd
            ? null
            : new(RefusalCode.Malformed, "Nothing at its end says that the export is whole: a dump ends with the line '-- Dump completed'; without it, and in a folder, the rows of each table must have been counted, or of a folder of certificates the digests taken.");
    }

    /// <summary>The path that was noted ends with that of the file in its folder.</summary>
    private static bool IsFile(string taken, string file) => taken == file || taken.EndsWith("/" + file, StringComparison.Ordinal);

    /// <summary>The checks of the report.</summary>
    public IEnumerable<ImportCheck> Of(ImportState state, ILegacySource source)
    {
        string how = source.HasEndMark ? "it ends as it should" : IsKnown(source) ? "its rows were counted, or its files noted" : "ACCEPTED WITHOUT ITS END: nobody knows";
        yield return new("the source is whole", true, Digests.Count > 0 ? how + "; its digests are those that were taken" : how);
        foreach ((string table, long expected) in Rows)
        {
            long read = state.RowsRead.FirstOrDefault(known => known.Key.Equals(table, StringComparison.OrdinalIgnoreCase)).Value;
            yield return new($"{table}: as many rows as were counted at the old system", read == expected, string.Create(CultureInfo.InvariantCulture, $"{expected} there, {read} read"));
        }
    }

    // A file that is missing from a folder of certificates may be the only CRL: without it everything is active.
    private bool IsKnown(ILegacySource source) => source is CertificateFolder
        ? Digests.Count > 0 || (Rows.ContainsKey(SiteImport.CertificatesTable) && Rows.ContainsKey(SiteImport.CrlsTable))
        : Array.TrueForAll(Counted, table => !source.Has(table) || Rows.ContainsKey(table));
}
