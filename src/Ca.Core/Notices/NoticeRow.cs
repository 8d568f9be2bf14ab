using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ca.Core.Notices;

/// <summary>What became of telling one target of one event: why a restart tells nobody twice, nor two workers at once.</summary>
internal sealed class NoticeRow : IRow<NoticeRow>
{
    public const string KeyConstraint = "pk_notice";

    /// <summary>Fingerprint of the certificate, or number of the approval.</summary>
    public required string About { get; set; }

    /// <summary>Which event of it, as <see cref="NoticeKey.Event"/>.</summary>
    public required string Event { get; set; }

    /// <summary>Who is told, as named in the configuration.</summary>
    public required string Target { get; set; }

    public NoticeState State { get; set; }

    /// <summary>How often it was tried. Who finishes an attempt names its number: one that took too long changes nothing.</summary>
    public int Attempts { get; set; }

    /// <summary>Open: nobody else tries before this. Otherwise when it ended.</summary>
    public DateTimeOffset At { get; set; }

    public static void Map(EntityTypeBuilder<NoticeRow> row)
    {
        row.ToTable("notice");
        row.HasKey(r => new { r.About, r.Event, r.Target });
        row.Property(r => r.About).HasMaxLength(64);
        row.Property(r => r.Event).HasMaxLength(40);
        row.Property(r => r.Target).HasMaxLength(64);
        row.HasIndex(r => r.At); // what is old enough to be forgotten
    }
}

/// <summary>How far a notice is.</summary>
internal enum NoticeState
{
    /// <summary>Being tried, or to be tried again.</summary>
    Open = 0,

    /// <summary>The target has it.</summary>
    Sent = 1,

    /// <summary>Tried often enough.</summary>
    GivenUp = 2,
}
