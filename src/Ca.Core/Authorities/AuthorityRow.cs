using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ca.Core.Authorities;

internal sealed class AuthorityRow : IRow<AuthorityRow>
{
    /// <summary>The floor of an adopted CA until somebody says which numbers it has used.</summary>
    public const long UnknownFloor = -1;

    public const string KeyConstraint = "pk_authority";

    /// <summary>Java's hash of the subject DN text (CA_CORE §2.1).</summary>
    public int CaId { get; set; }

    public required string Name { get; set; }

    public AuthorityStatus Status { get; set; }

    public required string SubjectDn { get; set; }

    /// <summary>1 self-signed, 2 an external CA, otherwise the local parent's id.</summary>
    public int SignedBy { get; set; }

    public int CertificateProfileId { get; set; }

    public int? TokenId { get; set; }

    public string? KeyAlias { get; set; }

    public required string SignatureAlgorithm { get; set; }

    /// <summary>Certificates in DER one after the other, its own first, the root last.</summary>
    public required byte[] Chain { get; set; }

    /// <summary>JSON of <see cref="AuthoritySettings"/>.</summary>
    public required string Settings { get; set; }

    public string Description { get; set; } = "";

    public DateTimeOffset ExpireAt { get; set; }

    public int RevocationReason { get; set; } = -1;

    public DateTimeOffset? RevokedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>CRL numbers of this CA are above this one: what another system has used before (CA_CORE §10); or <see cref="UnknownFloor"/>.</summary>
    public long CrlNumberFloor { get; set; }

    public uint Version { get; set; }

    public static void Map(EntityTypeBuilder<AuthorityRow> row)
    {
        row.ToTable("authority");
        row.HasKey(r => r.CaId);
        row.Property(r => r.CaId).ValueGeneratedNever();
        row.Property(r => r.Name).HasMaxLength(250);
        row.HasIndex(r => r.Name).IsUnique();
        row.Property(r => r.Version).IsRowVersion();
    }
}
