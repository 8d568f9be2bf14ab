using System.Globalization;
using Ca.Core.Authorities;
using Pki.Migration.Sources;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Migration.Import;

/// <summary>
/// What the old system has published for one CA: the highest number of each kind, because the next one must be above all
/// that anybody may have seen (MIGRATION §5, §10 trap 10), and the last full list of each partition.
/// </summary>
internal sealed class OldCrls(CertificateAuthority ca)
{
    private readonly SortedDictionary<string, long> numbers = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, CertificateList> lists = [];
    private readonly Dictionary<int, long> listNumbers = [];

    public CertificateAuthority Ca => ca;

    public long Highest => numbers.Values.Max();

    /// <summary>The last full CRL that has all certificates of the CA; null: there is none with the present key.</summary>
    public CertificateList? LastWhole => lists.GetValueOrDefault(0);

    /// <summary>The last full CRLs, that of the whole CA or those of its partitions; with either kind nothing is missing.</summary>
    public IReadOnlyCollection<CertificateList> Last => lists.Values;

    /// <summary>The highest number of each kind, for people.</summary>
    public string Numbers => string.Join(", ", numbers.Reverse().Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Key} {kind.Value}")));

    /// <summary>Reads all rows, and tells those that cannot be used.</summary>
    /// <returns>By CA, and how many rows there were.</returns>
    public static async Task<(IReadOnlyList<OldCrls> Crls, long Rows)> ReadAsync(ILegacySource source, SiteNames names, Action<LegacyRow, string> unusable, CancellationToken cancel)
    {
        var found = new SortedDictionary<string, OldCrls>(StringComparer.Ordinal);
        long rows = 0;
        await foreach (LegacyRow row in source.ReadAsync(SiteImport.CrlsTable, 0, cancel))
        {
            rows = row.Number;
            if (!LegacyCrl.Read(row, names).Succeeded(out LegacyCrl? crl, out Refusal? refusal))
            {
                unusable(row, refusal.Detail);
                continue;
            }

            if (!found.TryGetValue(crl.Ca.Name, out OldCrls? of))
            {
                found[crl.Ca.Name] = of = new(crl.Ca);
            }

            of.Add(crl);
        }

        return ([.. found.Values], rows);
    }

    private void Add(LegacyCrl crl)
    {
        numbers[crl.Kind] = Math.Max(crl.Number, numbers.GetValueOrDefault(crl.Kind));
        if (crl is { IsDelta: false, List: { } list } && crl.Number > listNumbers.GetValueOrDefault(crl.Partition, -1))
        {
            (lists[crl.Partition], listNumbers[crl.Partition]) = (list, crl.Number);
        }
    }
}
