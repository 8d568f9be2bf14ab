using Ca.Core.Authorities;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Ca.Core.Certificates;

internal sealed class CrlRow : IRow<CrlRow>
{
    public const string KeyConstraint = "pk_crl";

    public int CaId { get; set; }

    /// <summary>cRLNumber (RFC 5280 §5.2.3).</summary>
    public long Number { get; set; }

    /// <summary>Lower-case hex SHA-1 over the DER.</summary>
    public required string Fingerprint { get; set; }

    public DateTimeOffset ThisUpdate { get; set; }

    public DateTimeOffset NextUpdate { get; set; }

    /// <summary>−1: a full CRL.</summary>
    public int DeltaIndicator { get; set; } = -1;

    public required byte[] Encoded { get; set; }

    /// <summary>The row of a CRL.</summary>
    public static CrlRow Of(CertificateAuthority ca, CertificateList crl, long number, DateTimeOffset nextUpdate) => new()
    {
        CaId = ca.Id,
        Number = number,
        Fingerprint = Convert.ToHexStringLower(crl.Sha1Fingerprint()),
        ThisUpdate = crl.ThisUpdate,
        NextUpdate = nextUpdate,
        Encoded = crl.Encoded.ToArray(),
    };

    /// <summary>The newest CRL of a CA, issued here or taken in; null when there is none.</summary>
    public static async Task<CertificateList?> NewestAsync(CaDbContext db, int caId, CancellationToken cancel) =>
        await db.Set<CrlRow>().Where(c => c.CaId == caId).OrderByDescending(c => c.Number).Select(c => c.Encoded).FirstOrDefaultAsync(cancel) is { } encoded
            ? Der.DecodeBer<CertificateList>(encoded).OrThrow()
            : null;

    public static void Map(EntityTypeBuilder<CrlRow> row)
    {
        row.ToTable("crl");
        row.HasKey(r => new { r.CaId, r.Number });
        row.Property(r => r.Number).ValueGeneratedNever();
        row.Property(r => r.Fingerprint).HasMaxLength(40);
    }
}
