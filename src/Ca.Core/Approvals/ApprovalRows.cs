using Ca.Core.Profiles;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ca.Core.Approvals;

/// <summary>One person's decision.</summary>
internal sealed class ApprovalDecisionRow : IRow<ApprovalDecisionRow>
{
    public const string KeyConstraint = "pk_approval_decision";

    public long ApprovalId { get; set; }

    /// <summary>See <see cref="Roles.Actor.PersonKey"/>: nobody decides twice, with whatever certificate.</summary>
    public required string PersonKey { get; set; }

    public required string Name { get; set; }

    public string? CertificateSerial { get; set; }

    public ApprovalVerdict Verdict { get; set; }

    public string? Comment { get; set; }

    public DateTimeOffset At { get; set; }

    public static void Map(EntityTypeBuilder<ApprovalDecisionRow> row)
    {
        row.ToTable("approval_decision");
        row.HasKey(r => new { r.ApprovalId, r.PersonKey });
        row.Property(r => r.PersonKey).HasMaxLength(64);
        row.HasOne<ApprovalRow>().WithMany().HasForeignKey(r => r.ApprovalId);
    }
}

/// <summary>
/// A message that waits for a decision. When it is made the row becomes an order to wake the message, carried out by a
/// worker that reaches the message database; whoever decides need not reach it.
/// </summary>
internal sealed class ApprovalWaiterRow : IRow<ApprovalWaiterRow>
{
    public long ApprovalId { get; set; }

    public required string DataSource { get; set; }

    public required string UniqueId { get; set; }

    /// <summary>Null while people have not decided.</summary>
    public DateTimeOffset? WakeAt { get; set; }

    public static void Map(EntityTypeBuilder<ApprovalWaiterRow> row)
    {
        row.ToTable("approval_waiter");
        row.HasKey(r => new { r.ApprovalId, r.DataSource, r.UniqueId });
        row.Property(r => r.DataSource).HasMaxLength(250);
        row.Property(r => r.UniqueId).HasMaxLength(250);
        row.HasIndex(r => new { r.DataSource, r.WakeAt }).HasFilter("wake_at is not null");
        row.HasOne<ApprovalRow>().WithMany().HasForeignKey(r => r.ApprovalId);
    }
}

/// <summary>Makes the rows of a new request.</summary>
internal static class ApprovalRows
{
    public static ApprovalRow Of(Actor actor, ApprovalContent content, byte[] hash, int required, WorkOrigin origin, DateTimeOffset now, DateTimeOffset expireAt)
    {
        var row = new ApprovalRow
        {
            ContentHash = hash,
            Type = content.Type,
            Status = ApprovalStatus.Waiting,
            CaId = content.CaId,
            EndEntityProfileId = content.EndEntityProfileId,
            CertificateProfileId = content.CertificateProfileId,
            Username = content.Username,
            SubjectDn = content.Value(ApprovalContent.SubjectDn),
            SubjectAltName = content.Value(ApprovalContent.SubjectAltName),
            Facts = ProfileJson.Write(content.Facts),
            Fingerprints = string.Join('\n', content.Fingerprints),
            Requester = actor.Name,
            RequesterKey = actor.PersonKey,
            RequesterSerial = actor.Certificate?.Serial,
            Source = origin.Source,
            DataSource = origin.Message?.DataSource,
            UniqueId = origin.Message?.Key.UniqueId,
            Part = origin.Message?.Key.Index,
            TransactionId = origin.Message?.TransactionId,
            Protocol = origin.Message?.Protocol,
            Code = origin.Message?.Code,
            SearchText = "",
            Required = required,
            RequestedAt = now,
            ExpireAt = expireAt,
        };
        row.SearchText = SearchTextOf(row, content);
        return row;
    }

    public static ApprovalWaiterRow Waiter(long approvalId, WaitingMessage message) =>
        new() { ApprovalId = approvalId, DataSource = message.DataSource, UniqueId = message.Key.UniqueId };

    private static string SearchTextOf(ApprovalRow row, ApprovalContent content)
    {
        IEnumerable<string?> texts = content.Facts.Select(f => f.Value).Concat(content.Fingerprints)
            .Append(row.Username).Append(row.TransactionId).Append(row.UniqueId).Append(row.Code).Append(row.Code?.Replace("-", "", StringComparison.Ordinal));
        return string.Join('\n', texts.OfType<string>()).ToLowerInvariant();
    }
}
