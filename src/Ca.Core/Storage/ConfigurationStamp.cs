using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ca.Core.Storage;

/// <summary>
/// One row whose number grows with every change of a CA, profile, token, role or CMP alias. Reading it costs nothing, so each
/// batch reads it and keeps its snapshot of the configuration as long as the number stands.
/// </summary>
internal sealed class ConfigurationStamp : IRow<ConfigurationStamp>
{
    /// <summary>Its id.</summary>
    public const int TheOnly = 1;

    public int Id { get; set; }

    public long Stamp { get; set; }

    public static void Map(EntityTypeBuilder<ConfigurationStamp> row)
    {
        row.ToTable("configuration_stamp");
        row.Property(r => r.Id).ValueGeneratedNever();
        row.HasData(new ConfigurationStamp { Id = TheOnly, Stamp = 1 });
    }

    /// <summary>Tells all nodes, in the transaction of the change itself.</summary>
    public static Task BumpAsync(CaDbContext db, CancellationToken cancel) =>
        db.Set<ConfigurationStamp>().ExecuteUpdateAsync(s => s.SetProperty(r => r.Stamp, r => r.Stamp + 1), cancel);
}
