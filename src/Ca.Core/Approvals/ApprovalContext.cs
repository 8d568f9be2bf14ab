using Ca.Core.Certificates;
using Ca.Core.Issuance;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Ca.Core.Approvals;

/// <summary>What is known about the user, subject and key of a request, for the person who decides.</summary>
/// <param name="Related">Certificates of the same user, subject or key, newest first.</param>
/// <param name="Warnings">What to look at twice.</param>
internal sealed record ApprovalContext(IReadOnlyList<RelatedCertificate> Related, IReadOnlyList<string> Warnings)
{
    private const int MostRelated = 20;

    public static async Task<ApprovalContext> LoadAsync(CaDbContext db, ApprovalRow row, ConfigurationSnapshot snapshot, CancellationToken cancel)
    {
        byte[]? key = KeyDigest(row);
        byte[][] digests = [.. new[] { key, row.SubjectDn is { } dn ? IssuanceOrder.NameDigest(dn) : null }.OfType<byte[]>()];
        List<ClaimRow> owners = await db.Set<ClaimRow>().AsNoTracking()
            .Where(c => c.CaId == row.CaId && (c.Kind == ClaimKind.PublicKey || c.Kind == ClaimKind.Subject) && digests.Contains(c.Digest)).ToListAsync(cancel);
        string[] users = [.. owners.Select(o => o.Username).Append(row.Username).Distinct(StringComparer.Ordinal)];
        List<CertificateRow> certificates = await db.Set<CertificateRow>().AsNoTracking()
            .Where(c => c.Username != null && users.Contains(c.Username)).OrderByDescending(c => c.IssuedAt).Take(MostRelated).ToListAsync(cancel);
        RelatedCertificate[] related = [.. certificates.Select(c => new RelatedCertificate(
            c.Serial, snapshot.FindCa(c.CaId)?.Name ?? "", c.Username, c.Status, c.Status == CertificateStatus.Revoked ? c.RevocationReason : null, c.ExpireAt,
            key is not null && c.PublicKeyDigest.AsSpan().SequenceEqual(key)))];
        return new(related, [.. Warn(row, owners, related)]);
    }

    private static IEnumerable<string> Warn(ApprovalRow row, List<ClaimRow> owners, RelatedCertificate[] related)
    {
        if (row.RequesterSerial is null && row.UniqueId is not null)
        {
            yield return "The request was not signed: no certificate vouches for who sent it.";
        }

        foreach (ClaimRow other in owners.Where(o => o.Username != row.Username))
        {
            yield return $"The same {(other.Kind == ClaimKind.PublicKey ? "key" : "subject")} is certified for '{other.Username}'.";
        }

        if (row.Content().Facts.Any(f => f is { Name: "userStatus", Old: "Revoked" }))
        {
            yield return "The end entity is revoked; this brings it back.";
        }

        foreach (RelatedCertificate revoked in related.Where(c => c.Status == CertificateStatus.Revoked))
        {
            yield return $"Certificate {revoked.Serial} of '{revoked.Username}' is revoked, reason {revoked.RevocationReason}.";
        }

        if (!row.IsIntact())
        {
            yield return "The request was changed in the database: its content does not fit its hash.";
        }
    }

    private static byte[]? KeyDigest(ApprovalRow row) =>
        row.Content().Value(ApprovalContent.PublicKey) is { Length: 64 } hex ? Convert.FromHexString(hex) : null;
}
