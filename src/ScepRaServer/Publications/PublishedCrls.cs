using System.Collections.Concurrent;
using Pki.Protocols.X509;

namespace ScepRaServer.Publications;

/// <summary>The newest verified CRL of each CA, kept in memory; never fetched inside a request (SCEP.md Q-04).</summary>
internal sealed class PublishedCrls
{
    private readonly ConcurrentDictionary<string, Kept> byCa = new(StringComparer.Ordinal);

    /// <summary>The CRL of a CA, or null.</summary>
    public CertificateList? Of(Certificate authority) => byCa.GetValueOrDefault(KeyOf(authority))?.Crl;

    /// <summary>True when the CA's CRL lists the certificate. Without a CRL nothing is known, and the CA looks again.</summary>
    public bool IsRevoked(Certificate authority, Certificate certificate) =>
        byCa.TryGetValue(KeyOf(authority), out Kept? kept) && kept.Serials.Contains(certificate.Serial);

    /// <summary>Takes a CRL whose signature was verified.</summary>
    public void Keep(Certificate authority, CertificateList crl) =>
        byCa[KeyOf(authority)] = new(crl, crl.Revoked.Select(entry => entry.Serial).ToHashSet());

    private static string KeyOf(Certificate authority) => Convert.ToHexString(authority.PublicKey.Sha256());

    private sealed record Kept(CertificateList Crl, HashSet<SerialNumber> Serials);
}
