using System.Globalization;
using Ca.Core.Importing;
using Pki.Migration.Certificates;
using Pki.Migration.Sources;

namespace Pki.Migration.Import;

/// <content>Certificates, whose texts may be in a table of their own.</content>
public sealed partial class SiteImport
{
    private const int MaxFingerprint = 100; // 40 are meant; run and fingerprint are one key

    private static readonly Dictionary<string, string> NoTexts = new(StringComparer.Ordinal);

    private ValueTask<PendingBatch> ReadTexts(List<LegacyRow> rows)
    {
        var batch = new PendingBatch();
        foreach (LegacyRow row in rows)
        {
            if (row.Problem is null && row.Text("fingerprint") is { Length: <= MaxFingerprint } fingerprint && row.Text("base64Cert") is { } text && Storable.Is(fingerprint) && Storable.Is(text))
            {
                batch.LongestText = Math.Max(batch.LongestText, text.Length);
                if (options.DryRun)
                {
                    rehearsal.Keep(fingerprint, text);
                }
                else
                {
                    batch.Texts.Add(new(fingerprint, text));
                }
            }
        }

        return new(batch);
    }

    private async ValueTask<PendingBatch> ReadCertificatesAsync(List<LegacyRow> rows, CertificateMapper mapper, SiteNames names, CancellationToken cancel)
    {
        string[] missing = [.. rows.Where(row => row.Text("base64Cert") is null).Select(row => row.Text("fingerprint")).OfType<string>()];
        IReadOnlyDictionary<string, string> texts = missing.Length == 0 ? NoTexts : options.DryRun ? rehearsal.Find(missing) : await bulk.FindTextsAsync(Run, missing, cancel);
        Mapped<ImportedCertificate> Map(LegacyRow row) => Guarded(() => mapper.Map(row, row.Text("fingerprint") is { } fingerprint ? texts.GetValueOrDefault(fingerprint) : null));
        var batch = new PendingBatch();
        foreach ((LegacyRow row, Mapped<ImportedCertificate> mapped) in rows.AsParallel().AsOrdered().Select(row => (row, Map(row))))
        {
            Mapped<ImportedCertificate> own = WithoutNamesake(mapped);
            batch.Note(CertificatesTable, row.Number, row.Text("fingerprint"), own);
            if (own.Value is { } certificate)
            {
                batch.Certificates.Add(certificate);
                batch.Rows[certificate.Fingerprint] = row.Number;
                RememberOwner(certificate);
                string ca = names.Cas.First(known => known.Id == certificate.CaId).Name;
                batch.CertificateCounts.Add((certificate.Fingerprint, string.Create(CultureInfo.InvariantCulture, $"{ca}|{(int)certificate.Status}|{certificate.RevocationReason}")));
            }
        }

        return batch;
    }
}
