using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ca.Core.Importing;

/// <summary>How far an import has come. Written in the transaction of the rows it counts, so the two never disagree.</summary>
internal sealed class ImportRunRow : IRow<ImportRunRow>
{
    /// <summary>Names the source: the same source continues the same run.</summary>
    public required string Id { get; set; }

    /// <summary>JSON of whoever imports.</summary>
    public required string State { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    public static void Map(EntityTypeBuilder<ImportRunRow> row)
    {
        row.ToTable("import_run");
        row.HasKey(r => r.Id);
        row.Property(r => r.Id).HasMaxLength(100);
    }
}

/// <summary>A certificate's text from a table of its own (Base64CertData), until the certificate's row comes by.</summary>
internal sealed class ImportTextRow : IRow<ImportTextRow>
{
    /// <summary>See <see cref="KeyOf"/>.</summary>
    public required string Fingerprint { get; set; }

    public required string Content { get; set; }

    /// <summary>Run and fingerprint: imports of two sources at once do not take each other's texts away.</summary>
    public static string KeyOf(string run, string fingerprint) => $"{run}/{fingerprint}";

    public static void Map(EntityTypeBuilder<ImportTextRow> row)
    {
        row.ToTable("import_text");
        row.HasKey(r => r.Fingerprint);
        row.Property(r => r.Fingerprint).HasMaxLength(250);
    }
}
