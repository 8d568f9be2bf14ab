using Ca.Core.Authorities;
using Pki.Migration.Sources;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Migration.Import;

/// <summary>A row of CRLData (MIGRATION §2.5).</summary>
/// <param name="Ca">Its CA here; null: it is of none.</param>
/// <param name="Claimed">A number that only the column says; null where the CA has signed one.</param>
/// <param name="Signed">The number that the CA has signed; null: none.</param>
/// <param name="Kind">What it counts as, for people: full or delta, of which partition.</param>
/// <param name="Partition">0: all certificates of the CA; others: a share of them.</param>
/// <param name="Full">The CRL, where it is a full one by the CA's present key.</param>
/// <param name="Problem">Why the row is set aside, whether its number counts or not; null: it is not.</param>
internal sealed record LegacyCrl(CertificateAuthority? Ca, long? Claimed, long? Signed, string Kind, int Partition, CertificateList? Full, string? Problem)
{
    private const long AbsurdNumber = 1L << 53;
    private const int OnePart = -1; // a CRL that says itself that it is one part, where the row has no number for it
    private const string OfNobody = "no CA here has the name of its issuer";

    public static LegacyCrl Read(LegacyRow row, SiteNames names)
    {
        long? claimed = row.Number64("cRLNumber") is { } column and >= 0 and <= AbsurdNumber ? column : null;
        bool isDelta = row.Number32("deltaCRLIndicator", -1) != -1;
        int partition = Math.Max(0, row.Number32("crlPartitionIndex", 0));
        CertificateAuthority? named = names.FindCa(row.Text("issuerDN") ?? "");
        if (row.Problem is not null || row.Text("base64Crl") is not { } text)
        {
            return Unsigned(named, row.Problem ?? (claimed is null ? "cRLNumber is no number that a CRL can have" : null));
        }

        if (!Base64.Decode<CertificateList>(text).Succeeded(out CertificateList? list, out Refusal? refusal))
        {
            return Unsigned(named, $"base64Crl is no CRL: {refusal.Detail}");
        }

        if (names.FindCa(list.Issuer) is not { } ca)
        {
            return Unsigned(null, OfNobody);
        }

        if (!names.GenerationsOf(ca).Any(generation => list.IsSignedBy(generation.PublicKey)))
        {
            return Unsigned(ca, $"CA '{ca.Name}' has not signed it, or with an older key that was not named");
        }

        if (list.Number is not { } own || own > AbsurdNumber)
        {
            return Unsigned(ca, "it has no number, or none that a CRL can have");
        }

        isDelta |= list.BaseNumber is not null;
        partition = partition == 0 && list.IsPartial ? OnePart : partition;
        return new(ca, null, (long)own, KindOf(isDelta, partition), partition, !isDelta && list.IsSignedBy(ca.Certificate.PublicKey) ? list : null, claimed == (long)own ? null : "cRLNumber is not the CRL's");

        LegacyCrl Unsigned(CertificateAuthority? ca, string? problem) => new(ca, claimed, null, KindOf(isDelta, partition), partition, null, ca is null ? problem ?? OfNobody : problem);
    }

    private static string KindOf(bool isDelta, int partition) => (isDelta ? "delta" : "full") + partition switch
    {
        0 => "",
        OnePart => " of a part",
        _ => FormattableString.Invariant($" of partition {partition}"),
    };
}
