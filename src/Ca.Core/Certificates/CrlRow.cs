using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

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

    public static void Map(EntityTypeBuilder<CrlRow> row)
    {
        row.ToTable("crl");
        row.HasKey(r => new { r.CaId, r.Number });
        row.Property(r => r.Number).ValueGeneratedNever();
        row.Property(r => r.Fingerprint).HasMaxLength(40);
    }
}
