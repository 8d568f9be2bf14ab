using System.Globalization;
using Ca.Core.Authorities;
using Pki.Migration.Sources;
using Pki.Protocols.X509;

namespace Pki.Migration.Import;

/// <summary>
/// What the old system has published for one CA: the highest number, because the next one must be above all that anybody may
/// have seen (MIGRATION §5, §10 trap 10), and the last full list of each partition. A number that no CRL signed by the CA has
/// still counts, because too low is worse than too high; but not one far above those that have, which would lift the numbers
/// for ever: a person must say that it is true.
/// </summary>
internal sealed class OldCrls(CertificateAuthority ca)
{
    private const long FarAway = 10_000;

    private readonly List<(RowName Row, long Number, bool IsTold)> claimed = [];
    private readonly SortedDictionary<string, long> signed = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, CertificateList> lists = [];

    public CertificateAuthority Ca => ca;

    /// <summary>The highest number that counts; null: no CRL that the CA has signed is there.</summary>
    public long? Highest => HighestSigned is { } own ? claimed.Select(c => c.Number).Where(number => number <= own + FarAway).Append(own).Max() : null;

    /// <summary>The last full CRL that has all certificates of the CA; null: there is none with the present key.</summary>
    public CertificateList? LastWhole => lists.GetValueOrDefault(0);

    /// <summary>The last full CRLs, that of the whole CA or those of its partitions; with either kind nothing is missing.</summary>
    public IReadOnlyCollection<CertificateList> Last => lists.Values;

    /// <summary>The highest number of each kind, for people.</summary>
    public string Numbers => string.Join(", ", signed.Reverse().Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Key} {kind.Value}")));

    /// <summary>Rows with no other problem whose number does not count, and why.</summary>
    public IEnumerable<(RowName Row, string Why)> Doubtful => claimed.Where(c => !c.IsTold && (HighestSigned is not { } own || c.Number > own + FarAway)).Select(c => (c.Row, string.Create(
        CultureInfo.InvariantCulture,
        $"cRLNumber {c.Number} does not count: it is far above {HighestSigned?.ToString(CultureInfo.InvariantCulture) ?? "nothing"}, the highest that CA '{ca.Name}' has signed; if it is true, pki ca activate --first-crl-number")));

    private long? HighestSigned => signed.Count == 0 ? null : signed.Values.Max();

    /// <summary>Reads all rows, and tells those that cannot be used.</summary>
    /// <returns>By CA, and how many rows there were.</returns>
    public static async Task<(IReadOnlyList<OldCrls> Crls, long Rows)> ReadAsync(ILegacySource source, SiteNames names, Action<RowName, string> unusable, CancellationToken cancel)
    {
        var found = new SortedDictionary<string, OldCrls>(StringComparer.Ordinal);
        long rows = 0;
        await foreach (LegacyRow row in source.ReadAsync(SiteImport.CrlsTable, 0, cancel))
        {
            rows = row.Number;
            LegacyCrl crl = LegacyCrl.Read(row, names);
            if (crl.Problem is { } problem)
            {
                unusable(RowName.Of(row), problem);
            }

            if (crl.Ca is { } of)
            {
                (found.TryGetValue(of.Name, out OldCrls? there) ? there : found[of.Name] = new(of)).Add(crl, row);
            }
        }

        foreach ((RowName row, string why) in found.Values.SelectMany(crls => crls.Doubtful))
        {
            unusable(row, why);
        }

        return ([.. found.Values], rows);
    }

    private void Add(LegacyCrl crl, LegacyRow row)
    {
        if (crl.Claimed is { } number)
        {
            claimed.Add((RowName.Of(row), number, crl.Problem is not null));
        }

        if (crl.Signed is { } own)
        {
            signed[crl.Kind] = Math.Max(own, signed.GetValueOrDefault(crl.Kind));
        }

        if (crl.Full is { } list && !(lists.GetValueOrDefault(crl.Partition)?.Number >= list.Number))
        {
            lists[crl.Partition] = list;
        }
    }

    /// <summary>What is kept of a row to name it: the rows themselves hold all CRLs that the old system ever made.</summary>
    /// <param name="Number">Its position.</param>
    /// <param name="Key">Its fingerprint, as far as the list of rows set aside shows it.</param>
    internal sealed record RowName(long Number, string? Key)
    {
        public static RowName Of(LegacyRow row) => new(row.Number, RowSetAside.KeyOf(row.Text("fingerprint")));
    }
}
