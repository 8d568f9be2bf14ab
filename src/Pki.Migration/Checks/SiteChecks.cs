using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Ca.Core.Importing;
using Pki.Migration.Import;
using Pki.Migration.Sources;
using Pki.Migration.Xml;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Migration.Checks;

/// <summary>
/// Compares the source with what is here now (MIGRATION §9 checks 3 to 5). Changes nothing and may be run at any time; what
/// needs a CRL of ours is checked once there is one.
/// </summary>
public sealed class SiteChecks(BulkImport bulk, CertificateAuthorities authorities, Crls crls, ILegacySource source)
{
    /// <summary>All checks for which the source has something.</summary>
    /// <param name="map">What old ids are called here.</param>
    /// <param name="olderCaCertificates">Certificates of older keys of the CAs here.</param>
    /// <param name="cancel">Cancels.</param>
    public async Task<IReadOnlyList<ImportCheck>> RunAsync(ImportMap map, IReadOnlyList<Certificate> olderCaCertificates, CancellationToken cancel)
    {
        SiteNames names = await SiteNames.ReadAsync(bulk, authorities, source, map, olderCaCertificates, cancel);
        (IReadOnlyList<OldCrls> all, _) = await OldCrls.ReadAsync(source, names, (_, _) => { }, cancel);
        List<ImportCheck> checks = [];
        await foreach (LegacyRow row in source.ReadAsync(SiteImport.CasTable, 0, cancel))
        {
            checks.AddRange(SameCertificate(row, names));
        }

        var revocations = new RevocationCheck(bulk);
        foreach (OldCrls old in all)
        {
            if (old.Last.Count == 0)
            {
                checks.Add(new($"CA '{old.Ca.Name}': the last CRLs of the old system list what is revoked here", false, "there is no full one to compare with"));
                continue;
            }

            checks.Add(await revocations.OldListAsync(old, cancel));
            if (await crls.FindLatestAsync(old.Ca.Name, cancel) is { } latest && Der.Decode<CertificateList>(latest.Encoded).Succeeded(out CertificateList? ours, out _) && ours.Number > old.Highest)
            {
                checks.Add(await revocations.NewListAsync(old, ours, cancel));
            }
        }

        return checks;
    }

    /// <summary>The CA's own certificate is the old one, octet by octet; a CA that is not here is no business of this check.</summary>
    private static IEnumerable<ImportCheck> SameCertificate(LegacyRow row, SiteNames names)
    {
        if (names.FindCa(row.Number32("cAId", 0)) is not { } ca || row.Text("data") is not { } data
            || !XmlEncoderDocument.ReadMap(data).Succeeded(out IReadOnlyDictionary<string, object?>? map, out _)
            || map.GetValueOrDefault("certificatechain") is not List<object?> { Count: > 0 } chain || chain[0] is not string first)
        {
            return [];
        }

        bool isSame = Base64.Read(first).Succeeded(out byte[]? der, out _) && der.AsSpan().SequenceEqual(ca.Certificate.Encoded.Span);
        return [new($"CA '{ca.Name}': its certificate is that of the old system", isSame, isSame ? "the same octets" : "it differs from certificatechain of CAData")];
    }
}
