using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ca.Core.Cmp;

internal sealed class CmpAliasRow : IRow<CmpAliasRow>
{
    public required string Name { get; set; }

    /// <summary>JSON of <see cref="CmpAlias"/>, validated before it came here.</summary>
    public required string Definition { get; set; }

    public uint Version { get; set; }

    public static void Map(EntityTypeBuilder<CmpAliasRow> row)
    {
        row.ToTable("cmp_alias");
        row.HasKey(r => r.Name);
        row.Property(r => r.Name).HasMaxLength(32);
        row.Property(r => r.Version).IsRowVersion();
    }
}

internal sealed class CmpSecretRow : IRow<CmpSecretRow>
{
    public required string Alias { get; set; }

    /// <summary>The senderKID the secret belongs to; empty: every one that has none of its own.</summary>
    public required string KeyId { get; set; }

    /// <summary>Several may be in force at a time, so that they can be exchanged one device after the other (CMP-A-43).</summary>
    public int Number { get; set; }

    /// <summary>See <see cref="SecretSealing"/>.</summary>
    public required byte[] Sealed { get; set; }

    public DateTimeOffset At { get; set; }

    public static void Map(EntityTypeBuilder<CmpSecretRow> row)
    {
        row.ToTable("cmp_secret");
        row.HasKey(r => new { r.Alias, r.KeyId, r.Number });
        row.Property(r => r.Alias).HasMaxLength(32);
        row.Property(r => r.KeyId).HasMaxLength(256);
        row.HasOne<CmpAliasRow>().WithMany().HasForeignKey(r => r.Alias);
    }
}

internal sealed class CmpCaSecretRow : IRow<CmpCaSecretRow>
{
    public int CaId { get; set; }

    /// <summary>Several may be in force at a time (CMP-A-43).</summary>
    public int Number { get; set; }

    /// <summary>See <see cref="SecretSealing"/>.</summary>
    public required byte[] Sealed { get; set; }

    public DateTimeOffset At { get; set; }

    public static void Map(EntityTypeBuilder<CmpCaSecretRow> row)
    {
        row.ToTable("cmp_ca_secret");
        row.HasKey(r => new { r.CaId, r.Number });
    }
}

/// <summary>An RA whose signature around messages of others an alias trusts (CMP-A-29).</summary>
internal sealed class CmpTrustedRaRow : IRow<CmpTrustedRaRow>
{
    public required string Alias { get; set; }

    /// <summary>Lower-case hex SHA-256 over the DER.</summary>
    public required string Fingerprint { get; set; }

    public required byte[] Encoded { get; set; }

    public DateTimeOffset At { get; set; }

    public static void Map(EntityTypeBuilder<CmpTrustedRaRow> row)
    {
        row.ToTable("cmp_trusted_ra");
        row.HasKey(r => new { r.Alias, r.Fingerprint });
        row.Property(r => r.Alias).HasMaxLength(32);
        row.Property(r => r.Fingerprint).HasMaxLength(64);
        row.HasOne<CmpAliasRow>().WithMany().HasForeignKey(r => r.Alias);
    }
}

/// <summary>Messages of one sender that nobody's secret fits (CMP-M-8).</summary>
internal sealed class CmpGuessRow : IRow<CmpGuessRow>
{
    public required string Alias { get; set; }

    /// <summary>SHA-256 of whom the sender claims to be: a stranger's text is not worth keeping.</summary>
    public required byte[] Sender { get; set; }

    public int Count { get; set; }

    /// <summary>When counting began.</summary>
    public DateTimeOffset Since { get; set; }

    public static void Map(EntityTypeBuilder<CmpGuessRow> row)
    {
        row.ToTable("cmp_guess");
        row.HasKey(r => new { r.Alias, r.Sender });
        row.Property(r => r.Alias).HasMaxLength(32);
        row.HasIndex(r => r.Since); // what the housekeeping reads
    }
}
