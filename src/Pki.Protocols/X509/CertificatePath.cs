using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;

namespace Pki.Protocols.X509;

/// <summary>
/// Finds a way from a certificate to somebody who is trusted (RFC 5280 §6), through certificates that came along.
/// Nothing is fetched, nothing is remembered, and the work is bounded whatever came along (CMP-S-11, S-12, L-2).
/// Revocation is not looked at here.
/// </summary>
public static class CertificatePath
{
    private const int MaxDepth = 8;
    private const int MaxSignatures = 64;

    /// <summary>What a critical extension of a CA may say; one that says something else is not relied on.</summary>
    private static readonly string[] Understood = [Oids.BasicConstraints, Oids.KeyUsage];

    /// <summary>The path, the certificate first, the anchor last.</summary>
    /// <param name="certificate">Whose.</param>
    /// <param name="between">Certificates that may stand between, in any order; what does not fit is ignored.</param>
    /// <param name="anchors">Who is trusted.</param>
    /// <param name="at">All must be valid then.</param>
    /// <returns>UnknownIssuer where there is no path, Expired for the certificate itself.</returns>
    public static Outcome<IReadOnlyList<Certificate>> Find(Certificate certificate, IEnumerable<Certificate> between, IReadOnlyList<Certificate> anchors, DateTimeOffset at)
    {
        if (!certificate.IsValidAt(at))
        {
            return new Refusal(RefusalCode.Expired, $"The certificate '{certificate.Subject}' is not valid at {at:u}.");
        }

        var search = new Search([.. between.Where(c => !c.IsSelfIssued && MayIssue(c, at))], [.. anchors.Where(c => MayIssue(c, at))]);
        return search.Upwards([certificate]) ? search.Found : new Refusal(RefusalCode.UnknownIssuer, $"The certificate '{certificate.Subject}' leads to nobody who is trusted.");
    }

    private static bool MayIssue(Certificate certificate, DateTimeOffset at) =>
        certificate.IsCa && certificate.IsValidAt(at) && (certificate.KeyUsage ?? KeyUsages.KeyCertSign).HasFlag(KeyUsages.KeyCertSign)
        && certificate.Extensions.All(e => !e.Critical || Understood.Contains(e.Oid, StringComparer.Ordinal));

    private sealed class Search(IReadOnlyList<Certificate> between, IReadOnlyList<Certificate> anchors)
    {
        private int signatures;

        public List<Certificate> Found { get; private set; } = [];

        public bool Upwards(List<Certificate> path)
        {
            Certificate last = path[^1];
            int above = path.Count - 1; // CAs between the issuer looked for and the certificate
            if (anchors.FirstOrDefault(issuer => Issued(issuer, last, above)) is { } anchor)
            {
                Found = [.. path, anchor];
                return true;
            }

            return path.Count < MaxDepth && between.Any(issuer => !path.Contains(issuer) && Issued(issuer, last, above) && Upwards([.. path, issuer]));
        }

        private bool Issued(Certificate issuer, Certificate certificate, int above) =>
            issuer.Subject.EncodedEquals(certificate.Issuer) && !(issuer.PathLength < above) && KeysFit(issuer, certificate)
            && ++signatures <= MaxSignatures && certificate.IsSignedBy(issuer.PublicKey);

        private static bool KeysFit(Certificate issuer, Certificate certificate) =>
            issuer.SubjectKeyIdentifier is not { } own || certificate.AuthorityKeyIdentifier is not { } named || own.Span.SequenceEqual(named.Span);
    }
}
