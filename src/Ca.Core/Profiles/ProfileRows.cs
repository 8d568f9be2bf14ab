using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ca.Core.Profiles;

internal sealed class CertificateProfileRow : IRow<CertificateProfileRow>
{
    public int Id { get; set; }

    public required string Name { get; set; }

    /// <summary>JSON of <see cref="CertificateProfile"/>, validated before it came here.</summary>
    public required string Definition { get; set; }

    public uint Version { get; set; }

    public static void Map(EntityTypeBuilder<CertificateProfileRow> row)
    {
        row.ToTable("certificate_profile");
        row.Property(r => r.Id).ValueGeneratedNever();
        row.Property(r => r.Name).HasMaxLength(250);
        row.HasIndex(r => r.Name).IsUnique();
        row.Property(r => r.Version).IsRowVersion();
    }
}

internal sealed class EndEntityProfileRow : IRow<EndEntityProfileRow>
{
    public int Id { get; set; }

    public required string Name { get; set; }

    /// <summary>JSON of <see cref="EndEntityProfile"/>, validated before it came here.</summary>
    public required string Definition { get; set; }

    public uint Version { get; set; }

    public static void Map(EntityTypeBuilder<EndEntityProfileRow> row)
    {
        row.ToTable("end_entity_profile");
        row.Property(r => r.Id).ValueGeneratedNever();
        row.Property(r => r.Name).HasMaxLength(250);
        row.HasIndex(r => r.Name).IsUnique();
        row.Property(r => r.Version).IsRowVersion();
    }
}
