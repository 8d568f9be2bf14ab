using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ca.Core.Recovery;

/// <summary>A private key that is kept for the certificate of this CA and serial number (CA_CORE §11).</summary>
internal sealed class EscrowedKeyRow : IRow<EscrowedKeyRow>
{
    public int CaId { get; set; }

    /// <summary>Lower-case hex, as in the certificate's row.</summary>
    public required string Serial { get; set; }

    public required string Username { get; set; }

    /// <summary>See <see cref="KeySealing"/>.</summary>
    public required byte[] SealedKey { get; set; }

    /// <summary>The key that its user may fetch; counts only while the user's status is KEYRECOVERY.</summary>
    public bool IsMarked { get; set; }

    public DateTimeOffset At { get; set; }

    public static void Map(EntityTypeBuilder<EscrowedKeyRow> row)
    {
        row.ToTable("key_escrow");
        row.HasKey(r => new { r.CaId, r.Serial });
        row.Property(r => r.Serial).HasMaxLength(40);
        row.Property(r => r.Username).HasMaxLength(250);
        row.HasIndex(r => r.Username);
    }
}
