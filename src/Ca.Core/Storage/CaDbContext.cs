using System.Text;
using Ca.Core.Approvals;
using Ca.Core.Audit;
using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Ca.Core.Cmp;
using Ca.Core.EndEntities;
using Ca.Core.Importing;
using Ca.Core.Issuance;
using Ca.Core.Keys;
using Ca.Core.Ledger;
using Ca.Core.Notices;
using Ca.Core.Profiles;
using Ca.Core.Recovery;
using Ca.Core.Roles;
using Ca.Core.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ca.Core.Storage;

/// <summary>The CA database. Each aggregate maps itself, in the file of its row.</summary>
public sealed class CaDbContext(DbContextOptions<CaDbContext> options) : DbContext(options)
{
    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        Map<AuditRecord>(modelBuilder);
        Map<InboxRow>(modelBuilder);
        Map<ConfigurationStamp>(modelBuilder);
        Map<CryptoTokenRow>(modelBuilder);
        Map<AuthorityRow>(modelBuilder);
        Map<CertificateProfileRow>(modelBuilder);
        Map<EndEntityProfileRow>(modelBuilder);
        Map<EndEntityRow>(modelBuilder);
        Map<PlanRow>(modelBuilder);
        Map<ClaimRow>(modelBuilder);
        Map<CertificateRow>(modelBuilder);
        Map<CrlRow>(modelBuilder);
        Map<EscrowedKeyRow>(modelBuilder);
        Map<RoleRow>(modelBuilder);
        Map<RoleMemberRow>(modelBuilder);
        Map<AccessRuleRow>(modelBuilder);
        Map<ApprovalRow>(modelBuilder);
        Map<ApprovalDecisionRow>(modelBuilder);
        Map<ApprovalWaiterRow>(modelBuilder);
        Map<ImportRunRow>(modelBuilder);
        Map<ImportTextRow>(modelBuilder);
        Map<CmpAliasRow>(modelBuilder);
        Map<CmpSecretRow>(modelBuilder);
        Map<CmpCaSecretRow>(modelBuilder);
        Map<CmpTrustedRaRow>(modelBuilder);
        Map<CmpGuessRow>(modelBuilder);
        Map<CmpTransaction>(modelBuilder);
        Map<NoticeRow>(modelBuilder);
        Map<WorkerRunRow>(modelBuilder);
        foreach (IMutableEntityType entity in modelBuilder.Model.GetEntityTypes())
        {
            NameLikeSql(entity);
        }
    }

    private static void Map<T>(ModelBuilder model)
        where T : class, IRow<T> => T.Map(model.Entity<T>());

    /// <summary>Lower case with underscores, so that nobody has to quote names in psql.</summary>
    private static void NameLikeSql(IMutableEntityType entity)
    {
        foreach (IMutableProperty property in entity.GetProperties())
        {
            // PostgreSQL's own row version costs no column of ours.
            property.SetColumnName(property.IsConcurrencyToken ? "xmin" : Underscored(property.Name));
        }

        string table = entity.GetTableName()!;
        entity.FindPrimaryKey()!.SetName("pk_" + table);
        foreach (IMutableIndex index in entity.GetIndexes())
        {
            string columns = string.Join('_', index.Properties.Select(p => p.GetColumnName()));
            index.SetDatabaseName($"{(index.IsUnique ? "ux" : "ix")}_{table}_{columns}");
        }

        foreach (IMutableForeignKey key in entity.GetForeignKeys())
        {
            key.SetConstraintName($"fk_{table}_{key.PrincipalEntityType.GetTableName()}");
        }
    }

    private static string Underscored(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        foreach (char c in name)
        {
            if (char.IsAsciiLetterUpper(c) && text.Length > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}

/// <summary>A row that knows its table.</summary>
internal interface IRow<T>
    where T : class
{
    static abstract void Map(EntityTypeBuilder<T> row);
}
