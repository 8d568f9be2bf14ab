using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ca.Core.Keys;

internal sealed class CryptoTokenRow : IRow<CryptoTokenRow>
{
    public int Id { get; set; }

    public required string Name { get; set; }

    /// <summary>SOFT; later PKCS11.</summary>
    public required string Type { get; set; }

    /// <summary>SOFT: a PKCS#12 with all keys, see <see cref="SoftToken"/>.</summary>
    public required byte[] Data { get; set; }

    public bool AllowExport { get; set; }

    public uint Version { get; set; }

    public static void Map(EntityTypeBuilder<CryptoTokenRow> row)
    {
        row.ToTable("crypto_token");
        row.Property(r => r.Id).ValueGeneratedNever();
        row.Property(r => r.Name).HasMaxLength(250);
        row.HasIndex(r => r.Name).IsUnique();
        row.Property(r => r.Version).IsRowVersion();
    }
}
