using Ca.Core.Importing;

namespace Pki.Migration.Import;

/// <summary>A batch that has been read and checked, and what is to be counted once it is stored.</summary>
internal sealed class PendingBatch
{
    private const string DuplicateProblem = "its CA has another certificate of the same serial number here";

    private const string KeptNote = "CertificateData: revoked here and not in the source: stays revoked";

    private readonly List<RowSetAside> setAside = [];
    private readonly List<string> notes = [];
    private long passedOver;

    public List<ImportedCertificate> Certificates { get; } = [];

    public List<ImportedEndEntity> Users { get; } = [];

    public List<ImportedKey> Keys { get; } = [];

    public List<KeyValuePair<string, string>> Texts { get; } = [];

    /// <summary>Characters of the longest text of Base64CertData in it.</summary>
    public int LongestText { get; set; }

    /// <summary>Fingerprint → row, for certificates that turn out to be duplicates.</summary>
    public Dictionary<string, long> Rows { get; } = new(StringComparer.Ordinal);

    /// <summary>Fingerprint and what it counts as.</summary>
    public List<(string Fingerprint, string Key)> CertificateCounts { get; } = [];

    public List<string> UserCounts { get; } = [];

    public void Note<T>(string table, long row, string? key, Mapped<T> mapped)
        where T : class
    {
        notes.AddRange(mapped.Notes.Select(note => $"{table}: {note}"));
        if (mapped.Problem is { } problem)
        {
            SetAside(table, row, key, problem);
        }
        else if (mapped.Value is null)
        {
            passedOver++;
        }
    }

    public void SetAside(string table, long row, string? key, string problem) => setAside.Add(new(table, row, RowSetAside.KeyOf(key), problem));

    /// <summary>The state with this batch in it. Pure but for the list, which it cuts to the old state first; so it may be asked again.</summary>
    public ImportState After(ImportState before, string table, long done, BatchResult result, SetAsideList list)
    {
        ImportState next = ImportState.FromJson(before.ToJson());
        RowSetAside[] rows = [.. setAside, .. result.Duplicates.Select(f => new RowSetAside(table, Rows.GetValueOrDefault(f), f, DuplicateProblem))];
        next.RowsRead[table] = Math.Max(done, next.RowsRead.GetValueOrDefault(table));
        int stored = result.NewCertificates + result.NewEndEntities + result.NewKeys;
        ImportState.Add(next.Stored, table, stored);
        ImportState.Add(next.Known, table, Certificates.Count + Users.Count + Keys.Count - stored - result.Duplicates.Count);
        ImportState.Add(next.SetAside, table, rows.Length);
        ImportState.Add(next.PassedOver, table, passedOver);
        ImportState.Add(next.Notes, KeptNote, result.KeptRevocations);
        next.NewRevocations += result.NewRevocations;
        next.LongestText = Math.Max(next.LongestText, LongestText);
        notes.ForEach(note => ImportState.Add(next.Notes, note, 1));
        foreach ((_, string key) in CertificateCounts.Where(counted => !result.Duplicates.Contains(counted.Fingerprint, StringComparer.Ordinal)))
        {
            ImportState.Add(next.Certificates, key, 1);
        }

        UserCounts.ForEach(key => ImportState.Add(next.Users, key, 1));
        next.ListLength = list.Write(before.ListLength, rows);
        return next;
    }
}
