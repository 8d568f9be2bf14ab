using System.Globalization;
using Ca.Core.Authorities;
using Pki.Migration.Sources;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Migration.Import;

/// <content>
/// CRL numbers: the next one is above all that anybody may have seen, full or delta (MIGRATION §5, §10 trap 10). A number that
/// no CRL signed by the CA has still counts, because too low is worse than too high; but not one far above those that have,
/// which would lift the numbers for ever: a person must say that it is true.
/// </content>
public sealed partial class SiteImport
{
    private const long AbsurdNumber = 1L << 53;
    private const long FarAway = 10_000;

    private async Task CrlsAsync(SetAsideList list, SiteNames names, CancellationToken cancel)
    {
        if (state.Finished.Contains(CrlsTable))
        {
            return;
        }

        var found = new Dictionary<string, CaNumbers>(StringComparer.Ordinal);
        var pending = new PendingBatch();
        long rows = 0;
        await foreach (LegacyRow row in source.ReadAsync(CrlsTable, 0, cancel))
        {
            rows = row.Number;
            LegacyCrl read = Read(row, names);
            if (read.Ca is not { } ca)
            {
                pending.SetAside(CrlsTable, row.Number, row.Text("fingerprint"), read.Problem ?? "no CA here has the name of its issuer");
                continue;
            }

            CaNumbers numbers = found.TryGetValue(ca.Name, out CaNumbers? there) ? there : found[ca.Name] = new();
            numbers.Add(read, row);
            if (read.Problem is { } problem)
            {
                pending.SetAside(CrlsTable, row.Number, row.Text("fingerprint"), problem);
            }
        }

        foreach ((string ca, CaNumbers numbers) in found)
        {
            await ContinueAsync(ca, numbers, names, pending, cancel);
        }

        await StoreAsync(CrlsTable, rows, pending, list, cancel);
        await FinishAsync(CrlsTable, cancel);
    }

    private async Task ContinueAsync(string ca, CaNumbers numbers, SiteNames names, PendingBatch pending, CancellationToken cancel)
    {
        foreach ((long row, string? fingerprint, long number) in numbers.Doubtful)
        {
            pending.SetAside(CrlsTable, row, fingerprint, string.Create(
                CultureInfo.InvariantCulture, $"cRLNumber {number} does not count: it is far above {numbers.Signed?.ToString(CultureInfo.InvariantCulture) ?? "nothing"}, the highest that CA '{ca}' has signed; if it is true, pki ca activate --first-crl-number"));
        }

        if (numbers.Highest is not { } highest)
        {
            return;
        }

        long floor = highest + options.CrlNumberGap;
        if (!options.DryRun && names.Cas.Single(c => c.Name == ca).TokenId is not null
            && !(await bulk.ContinueCrlsAsync(options.Actor, ca, floor, numbers.LastFull, cancel)).Succeeded(out _, out Refusal? refusal))
        {
            pending.SetAside(CrlsTable, 0, ca, refusal.Detail);
        }

        pending.Note<object>(CrlsTable, 0, ca, new(null, null, [string.Create(CultureInfo.InvariantCulture, $"numbers of CA '{ca}' go on above {floor}; the highest old one is {highest}")]));
    }

    private static LegacyCrl Read(LegacyRow row, SiteNames names)
    {
        long? claimed = row.Number64("cRLNumber") is { } column and >= 0 and <= AbsurdNumber ? column : null;
        CertificateAuthority? named = names.FindCa(row.Text("issuerDN") ?? "");
        if (row.IsUnreadable || row.Text("base64Crl") is not { } text)
        {
            return new(named, claimed, null, null, row.IsUnreadable ? LegacyRow.UnreadableProblem : claimed is null ? "cRLNumber is no number that a CRL can have" : null);
        }

        if (!Decode(text).Succeeded(out CertificateList? crl, out Refusal? refusal))
        {
            return new(named, claimed, null, null, $"base64Crl is no CRL: {refusal.Detail}");
        }

        if (names.FindCa(crl.Issuer) is not { } ca)
        {
            return new(null, null, null, null, null);
        }

        if (!names.GenerationsOf(ca).Any(generation => crl.IsSignedBy(generation.PublicKey)))
        {
            return new(ca, claimed, null, null, $"CA '{ca.Name}' has not signed it, or with an older key that was not named");
        }

        if (crl.Number is not { } own || own > AbsurdNumber)
        {
            return new(ca, claimed, null, null, "it has no number, or none that a CRL can have");
        }

        bool isWhole = row.Number32("deltaCRLIndicator", -1) == -1 && crl.BaseNumber is null && row.Number32("crlPartitionIndex", 0) <= 0;
        return new(ca, null, (long)own, isWhole && crl.IsSignedBy(ca.Certificate.PublicKey) ? crl : null, claimed == (long)own ? null : "cRLNumber is not the CRL's");
    }

    private static Outcome<CertificateList> Decode(string base64)
    {
        byte[] der = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, der, out int length)
            ? Der.DecodeBer<CertificateList>(der.AsMemory(0, length).ToArray())
            : new Refusal(RefusalCode.Malformed, "it is not Base64");
    }

    /// <param name="Ca">Whose; null: of none here.</param>
    /// <param name="Claimed">What only the column says.</param>
    /// <param name="Signed">What the CA has signed.</param>
    /// <param name="Full">The CRL, where it is a full one by the CA's present key.</param>
    /// <param name="Problem">Why the row is set aside, whether its number counts or not.</param>
    private sealed record LegacyCrl(CertificateAuthority? Ca, long? Claimed, long? Signed, CertificateList? Full, string? Problem);

    /// <summary>The numbers of one CA.</summary>
    private sealed class CaNumbers
    {
        private readonly List<(long Row, string? Fingerprint, long Number)> claimed = [];

        public long? Signed { get; private set; }

        public CertificateList? LastFull { get; private set; }

        /// <summary>The highest that counts; null: no CRL that the CA has signed is there.</summary>
        public long? Highest => Signed is { } signed ? claimed.Select(c => c.Number).Where(number => number <= signed + FarAway).Append(signed).Max() : null;

        public IEnumerable<(long Row, string? Fingerprint, long Number)> Doubtful => claimed.Where(c => Signed is not { } signed || c.Number > signed + FarAway);

        public void Add(LegacyCrl crl, LegacyRow row)
        {
            if (crl.Claimed is { } number)
            {
                claimed.Add((row.Number, row.Text("fingerprint"), number));
            }

            Signed = crl.Signed is { } signed && !(Signed >= signed) ? signed : Signed;
            LastFull = crl.Full is { } full && !(LastFull?.Number >= full.Number) ? full : LastFull;
        }
    }
}
