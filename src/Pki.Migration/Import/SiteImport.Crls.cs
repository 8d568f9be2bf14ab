using System.Globalization;
using Ca.Core.Authorities;
using Pki.Migration.Sources;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Migration.Import;

/// <content>CRL numbers: the next one is above all that anybody may have seen, full or delta (MIGRATION §5, §10 trap 10).</content>
public sealed partial class SiteImport
{
    private const long AbsurdNumber = 1L << 53;

    private async Task CrlsAsync(SetAsideList list, SiteNames names, CancellationToken cancel)
    {
        if (state.Finished.Contains(CrlsTable))
        {
            return;
        }

        var highest = new Dictionary<string, (long Number, long FullNumber, CertificateList? LastFull)>(StringComparer.Ordinal);
        var pending = new PendingBatch();
        long rows = 0;
        await foreach (LegacyRow row in source.ReadAsync(CrlsTable, 0, cancel))
        {
            rows = row.Number;
            Outcome<LegacyCrl> read = Read(row, names);
            if (!read.Succeeded(out LegacyCrl? crl, out Refusal? refusal))
            {
                pending.SetAside(CrlsTable, row.Number, row.Text("fingerprint"), refusal.Detail);
                continue;
            }

            (long number, long fullNumber, CertificateList? lastFull) = highest.GetValueOrDefault(crl.Ca.Name);
            bool isNewer = crl is { IsDelta: false, List: not null } && crl.Number > fullNumber;
            highest[crl.Ca.Name] = (Math.Max(number, crl.Number), isNewer ? crl.Number : fullNumber, isNewer ? crl.List : lastFull);
        }

        foreach ((string ca, (long number, _, CertificateList? last)) in highest)
        {
            long floor = number + options.CrlNumberGap;
            if (!options.DryRun && names.Cas.Single(c => c.Name == ca).TokenId is not null
                && !(await bulk.ContinueCrlsAsync(options.Actor, ca, floor, last, cancel)).Succeeded(out _, out Refusal? refusal))
            {
                pending.SetAside(CrlsTable, 0, ca, refusal.Detail);
            }

            pending.Note<object>(CrlsTable, 0, ca, new(null, null, [string.Create(CultureInfo.InvariantCulture, $"numbers of CA '{ca}' go on above {floor}; the highest old one is {number}")]));
        }

        await StoreAsync(CrlsTable, rows, pending, list, cancel);
        await FinishAsync(CrlsTable, cancel);
    }

    private static Outcome<LegacyCrl> Read(LegacyRow row, SiteNames names)
    {
        if (row.Number64("cRLNumber") is not { } number || number is < 0 or > AbsurdNumber)
        {
            return new Refusal(RefusalCode.Malformed, "cRLNumber is no number that a CRL can have");
        }

        bool isDelta = row.Number32("deltaCRLIndicator", -1) != -1;
        if (row.IsTooLong || row.Text("base64Crl") is not { } text)
        {
            return names.FindCa(row.Text("issuerDN") ?? "") is { } named
                ? new LegacyCrl(named, number, isDelta, null)
                : new Refusal(RefusalCode.NotFound, "no CA here has the name of its issuer");
        }

        if (!Decode(text).Succeeded(out CertificateList? list, out Refusal? refusal))
        {
            return new Refusal(refusal.Code, $"base64Crl is no CRL: {refusal.Detail}");
        }

        if (names.FindCa(list.Issuer) is not { } ca)
        {
            return new Refusal(RefusalCode.NotFound, "no CA here has the name of its issuer");
        }

        return list.Number is { } own && own != number ? new Refusal(RefusalCode.Conflict, "cRLNumber is not the CRL's")
            : !names.GenerationsOf(ca).Any(generation => list.IsSignedBy(generation.PublicKey)) ? new Refusal(RefusalCode.BadSignature, $"CA '{ca.Name}' has not signed it")
            : new LegacyCrl(ca, number, isDelta || list.BaseNumber is not null, list.IsSignedBy(ca.Certificate.PublicKey) ? list : null);
    }

    private static Outcome<CertificateList> Decode(string base64)
    {
        byte[] der = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, der, out int length)
            ? Der.DecodeBer<CertificateList>(der.AsMemory(0, length).ToArray())
            : new Refusal(RefusalCode.Malformed, "it is not Base64");
    }

    private sealed record LegacyCrl(CertificateAuthority Ca, long Number, bool IsDelta, CertificateList? List);
}
