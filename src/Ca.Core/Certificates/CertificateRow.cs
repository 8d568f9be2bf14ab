using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ca.Core.Certificates;

internal sealed class CertificateRow : IRow<CertificateRow>
{
    public const string KeyConstraint = "pk_certificate";
    public const string SerialConstraint = "ux_certificate_ca_id_serial";

    /// <summary>The profile of a certificate that was made elsewhere, by a profile that is not here.</summary>
    public const int UnknownProfile = 0;

    /// <summary>Lower-case hex SHA-1 over the DER.</summary>
    public required string Fingerprint { get; set; }

    /// <summary>Id of the issuing CA.</summary>
    public int CaId { get; set; }

    /// <summary>Lower-case hex without leading zeros: equal texts are equal numbers.</summary>
    public required string Serial { get; set; }

    public required string SubjectDn { get; set; }

    public string? SubjectAltName { get; set; }

    public string? Username { get; set; }

    public CertificateStatus Status { get; set; }

    public CertificateType Type { get; set; }

    public int CertificateProfileId { get; set; }

    public int EndEntityProfileId { get; set; }

    public DateTimeOffset NotBefore { get; set; }

    public DateTimeOffset ExpireAt { get; set; }

    public DateTimeOffset IssuedAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }

    public int RevocationReason { get; set; } = -1;

    /// <summary>Since when the key is known or suspected to be in other hands (RFC 5280 §5.3.2); null: nobody said.</summary>
    public DateTimeOffset? InvalidityDate { get; set; }

    public DateTimeOffset StatusChangedAt { get; set; }

    /// <summary>SHA-256 of the SubjectPublicKeyInfo.</summary>
    public required byte[] PublicKeyDigest { get; set; }

    public required byte[] Encoded { get; set; }

    public uint Version { get; set; }

    public static void Map(EntityTypeBuilder<CertificateRow> row)
    {
        row.ToTable("certificate");
        row.HasKey(r => r.Fingerprint);
        row.Property(r => r.Fingerprint).HasMaxLength(40);
        row.Property(r => r.Serial).HasMaxLength(40);
        row.Property(r => r.Username).HasMaxLength(250);
        row.HasIndex(r => new { r.CaId, r.Serial }).IsUnique();
        row.HasIndex(r => r.Username);
        row.HasIndex(r => r.ExpireAt); // what ends soon, of whichever CA
        row.HasIndex(r => r.IssuedAt); // the newest, for people who look
        row.HasIndex(r => new { r.CaId, r.ExpireAt }).HasFilter("status = 40"); // what a CRL reads
        row.Property(r => r.Version).IsRowVersion();
    }
}

/// <summary>Certificate status (CA_CORE §9.1; numbers as in legacy databases).</summary>
public enum CertificateStatus
{
    /// <summary>Imported only: never put into use by the legacy product.</summary>
    Inactive = 10,

    /// <summary>Valid unless expired.</summary>
    Active = 20,

    /// <summary>Active, its holder has been told that it will expire.</summary>
    NotifiedAboutExpiration = 21,

    /// <summary>Revoked or on hold.</summary>
    Revoked = 40,

    /// <summary>Expired and no longer on CRLs; reason and date are kept.</summary>
    Archived = 60,
}

#pragma warning disable CA1027 // kinds, not flags; the numbers are those of legacy databases
/// <summary>What the certificate is for (CA_CORE §5.1).</summary>
public enum CertificateType
{
    /// <summary>Imported, not known.</summary>
    Unknown = 0,

    /// <summary>End entity.</summary>
    EndEntity = 1,

    /// <summary>Subordinate CA.</summary>
    SubCa = 2,

    /// <summary>Root CA.</summary>
    RootCa = 8,
}
#pragma warning restore CA1027
