using Ca.Core.Authorities;
using Pki.Migration.Sources;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Migration.Import;

/// <summary>A row of CRLData (MIGRATION §2.5).</summary>
/// <param name="Ca">Its CA here.</param>
/// <param name="Number">Its number.</param>
/// <param name="IsDelta">It says what has changed since another.</param>
/// <param name="Partition">0: all certificates of the CA; others: a share of them.</param>
/// <param name="List">The CRL; null where the row has none, or an older key of the CA has signed it.</param>
internal sealed record LegacyCrl(CertificateAuthority Ca, long Number, bool IsDelta, int Partition, CertificateList? List)
{
    private const long AbsurdNumber = 1L << 53;
    private const int OnePart = -1; // a CRL that says itself that it is one part, where the row has no number for it

    /// <summary>What it counts as, for people.</summary>
    public string Kind => (IsDelta ? "delta" : "full") + (Partition switch { 0 => "", OnePart => " of a part", _ => FormattableString.Invariant($" of partition {Partition}") });

    public static Outcome<LegacyCrl> Read(LegacyRow row, SiteNames names)
    {
        if (row.Number64("cRLNumber") is not { } number || number is < 0 or > AbsurdNumber)
        {
            return new Refusal(RefusalCode.Malformed, "cRLNumber is no number that a CRL can have");
        }

        bool isDelta = row.Number32("deltaCRLIndicator", -1) != -1;
        int partition = Math.Max(0, row.Number32("crlPartitionIndex", 0));
        if (row.IsTooLong || row.Text("base64Crl") is not { } text)
        {
            return names.FindCa(row.Text("issuerDN") ?? "") is { } named
                ? new LegacyCrl(named, number, isDelta, partition, null)
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
            : new LegacyCrl(
                ca, number, isDelta || list.BaseNumber is not null, partition == 0 && list.IsPartial ? OnePart : partition, list.IsSignedBy(ca.Certificate.PublicKey) ? list : null);
    }

    private static Outcome<CertificateList> Decode(string base64)
    {
        byte[] der = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, der, out int length)
            ? Der.DecodeBer<CertificateList>(der.AsMemory(0, length).ToArray())
            : new Refusal(RefusalCode.Malformed, "it is not Base64");
    }
}
