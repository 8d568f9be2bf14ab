using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ca.Core.Roles;

internal sealed class RoleRow : IRow<RoleRow>
{
    public required string Name { get; set; }

    public static void Map(EntityTypeBuilder<RoleRow> row)
    {
        row.ToTable("role");
        row.HasKey(r => r.Name);
        row.Property(r => r.Name).HasMaxLength(250);
    }
}

internal sealed class RoleMemberRow : IRow<RoleMemberRow>
{
    public long Id { get; set; }

    public required string RoleName { get; set; }

    /// <summary>Id of the CA that issued the member's certificate.</summary>
    public int IssuerCaId { get; set; }

    public MatchWith MatchWith { get; set; }

    public MatchOperator Operator { get; set; }

    public required string Value { get; set; }

    public static void Map(EntityTypeBuilder<RoleMemberRow> row)
    {
        row.ToTable("role_member");
        row.HasOne<RoleRow>().WithMany().HasForeignKey(r => r.RoleName);
    }
}

internal sealed class AccessRuleRow : IRow<AccessRuleRow>
{
    public required string RoleName { get; set; }

    public required string Resource { get; set; }

    public AccessDecision Decision { get; set; }

    public static void Map(EntityTypeBuilder<AccessRuleRow> row)
    {
        row.ToTable("access_rule");
        row.HasKey(r => new { r.RoleName, r.Resource });
        row.Property(r => r.Resource).HasMaxLength(500);
        row.HasOne<RoleRow>().WithMany().HasForeignKey(r => r.RoleName);
    }
}
