using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ca.Core.Issuance;

/// <summary>What belongs to one user of a CA once it was certified (CA_CORE §8 step 6).</summary>
internal enum ClaimKind
{
    PublicKey = 1,
    Subject = 2,
    SubjectSerialNumber = 3,
}

/// <summary>
/// Says whose a public key or a subject name is. It is a row with a primary key and not a search for certificates, so
/// that two nodes cannot give the same key to two users at the same moment.
/// </summary>
internal sealed class ClaimRow : IRow<ClaimRow>
{
    public const string KeyConstraint = "pk_issuance_claim";

    /// <summary>SHA-256 of the SubjectPublicKeyInfo, or of the canonical text of the name.</summary>
    public required byte[] Digest { get; set; }

    public int CaId { get; set; }

    public ClaimKind Kind { get; set; }

    public required string Username { get; set; }

    public static void Map(EntityTypeBuilder<ClaimRow> row)
    {
        row.ToTable("issuance_claim");
        row.HasKey(r => new { r.Digest, r.CaId, r.Kind });
        row.Property(r => r.Username).HasMaxLength(250);
    }
}
