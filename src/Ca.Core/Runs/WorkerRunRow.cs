using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ca.Core.Runs;

/// <summary>How one worker on one node is doing, as it said last.</summary>
internal sealed class WorkerRunRow : IRow<WorkerRunRow>
{
    public required string Node { get; set; }

    public required string Worker { get; set; }

    /// <summary>When its process started; the numbers count from here.</summary>
    public DateTimeOffset StartedAt { get; set; }

    /// <summary>When it last looked for messages and its database answered; null: never yet.</summary>
    public DateTimeOffset? LookedAt { get; set; }

    public long Claimed { get; set; }

    public long Answered { get; set; }

    public long Failed { get; set; }

    /// <summary>When it said so.</summary>
    public DateTimeOffset At { get; set; }

    public static void Map(EntityTypeBuilder<WorkerRunRow> row)
    {
        row.ToTable("worker_run");
        row.HasKey(r => new { r.Node, r.Worker });
        row.Property(r => r.Node).HasMaxLength(250);
        row.Property(r => r.Worker).HasMaxLength(250);
    }
}
