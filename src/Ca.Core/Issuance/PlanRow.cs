using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ca.Core.Issuance;

/// <summary>
/// What is about to be signed. On disk before the signature exists, gone in the transaction that stores the
/// certificate: after a crash it says what was planned, and the repeat finishes exactly that.
/// </summary>
internal sealed class PlanRow : IRow<PlanRow>
{
    public const string KeyConstraint = "pk_issuance_plan";
    public const string UserConstraint = "ux_issuance_plan_username";
    public const string SerialConstraint = "ux_issuance_plan_ca_id_serial";

    public required string UniqueId { get; set; }

    public required byte[] RequestHash { get; set; }

    public int Part { get; set; }

    public int CaId { get; set; }

    /// <summary>Lower-case hex.</summary>
    public required string Serial { get; set; }

    /// <summary>Unique: one user's requests are worked on one after the other, on all nodes.</summary>
    public required string Username { get; set; }

    public int CertificateProfileId { get; set; }

    public int EndEntityProfileId { get; set; }

    /// <summary>SHA-256 of what was asked for; a repeat that asks for something else does not get this plan.</summary>
    public required byte[] RequestDigest { get; set; }

    /// <summary>SHA-256 of <see cref="Tbs"/>.</summary>
    public required byte[] TbsDigest { get; set; }

    /// <summary>The bytes to be signed, as they passed the lint.</summary>
    public required byte[] Tbs { get; set; }

    /// <summary>DER of the signature's AlgorithmIdentifier.</summary>
    public required byte[] SignatureAlgorithm { get; set; }

    /// <summary>The private key, where it was made here, sealed: after a crash the repeat goes on with the same key.</summary>
    public byte[]? SealedKey { get; set; }

    /// <summary>SHA-1 fingerprint of the CA certificate it was made for.</summary>
    public required string CaFingerprint { get; set; }

    public DateTimeOffset At { get; set; }

    public static void Map(EntityTypeBuilder<PlanRow> row)
    {
        row.ToTable("issuance_plan");
        row.HasKey(r => new { r.UniqueId, r.RequestHash, r.Part });
        row.Property(r => r.UniqueId).HasMaxLength(250);
        row.Property(r => r.Username).HasMaxLength(250);
        row.HasIndex(r => r.Username).IsUnique();
        row.HasIndex(r => new { r.CaId, r.Serial }).IsUnique();
    }
}
