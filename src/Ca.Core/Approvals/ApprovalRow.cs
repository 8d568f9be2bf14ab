using Ca.Core.Profiles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ca.Core.Approvals;

/// <summary>An approval request. What is asked for never changes; who needs something else asks anew.</summary>
internal sealed class ApprovalRow : IRow<ApprovalRow>
{
    public const string ContentConstraint = "ux_approval_content_hash";
    public const string UserConstraint = "ux_approval_username";

    /// <summary>Quoted by people.</summary>
    public long Id { get; set; }

    /// <summary>SHA-256 of what is asked for and by whom; at most one that is waiting or approved.</summary>
    public required byte[] ContentHash { get; set; }

    public ApprovalType Type { get; set; }

    public ApprovalStatus Status { get; set; }

    public int CaId { get; set; }

    public int EndEntityProfileId { get; set; }

    public int CertificateProfileId { get; set; }

    public required string Username { get; set; }

    public string? SubjectDn { get; set; }

    public string? SubjectAltName { get; set; }

    /// <summary>JSON of the facts; <see cref="ContentHash"/> covers each.</summary>
    public required string Facts { get; set; }

    public required string Requester { get; set; }

    /// <summary>See <see cref="Roles.Actor.PersonKey"/>.</summary>
    public required string RequesterKey { get; set; }

    /// <summary>Null: no certificate vouches for the requester.</summary>
    public string? RequesterSerial { get; set; }

    public required string Source { get; set; }

    public string? DataSource { get; set; }

    public string? UniqueId { get; set; }

    public int? Part { get; set; }

    public string? TransactionId { get; set; }

    public string? Protocol { get; set; }

    public string? Code { get; set; }

    /// <summary>All that a caller may read out over the telephone, in lower case.</summary>
    public required string SearchText { get; set; }

    /// <summary>How many people must agree; fixed when it is asked.</summary>
    public int Required { get; set; }

    public int Given { get; set; }

    public DateTimeOffset RequestedAt { get; set; }

    /// <summary>End of the wait; once approved, end of the permission.</summary>
    public DateTimeOffset ExpireAt { get; set; }

    /// <summary>When it left the status waiting, was used or failed: the newest of these.</summary>
    public DateTimeOffset? DecidedAt { get; set; }

    /// <summary>Why it failed.</summary>
    public string? Result { get; set; }

    /// <summary>Fingerprint of the certificate that came of it, or what else was done.</summary>
    public string? ConsumedBy { get; set; }

    /// <summary>Requests that were refused because this one is remembered.</summary>
    public int Repeats { get; set; }

    /// <summary>An administrator has lifted the memory of its rejection or failure.</summary>
    public bool Forgotten { get; set; }

    /// <summary>Digests of the request as it came, one a line.</summary>
    public required string Fingerprints { get; set; }

    public uint Version { get; set; }

    /// <summary>With the passing of time taken into account: who reads sees what a sweep would have written.</summary>
    public ApprovalStatus StatusAt(DateTimeOffset now) =>
        Status is ApprovalStatus.Waiting or ApprovalStatus.Approved && ExpireAt <= now ? ApprovalStatus.Expired : Status;

    public ApprovalContent Content() => new()
    {
        Type = Type,
        CaId = CaId,
        EndEntityProfileId = EndEntityProfileId,
        CertificateProfileId = CertificateProfileId,
        Username = Username,
        Facts = ProfileJson.Read<ApprovalFact[]>(Facts),
        Fingerprints = Fingerprints.Split('\n', StringSplitOptions.RemoveEmptyEntries),
    };

    /// <summary>What is shown is what was asked: the hash of the facts is that of the request.</summary>
    public bool IsIntact() => Content() is var content && content.Hash(RequesterKey).AsSpan().SequenceEqual(ContentHash)
        && content.Value(ApprovalContent.SubjectDn) == SubjectDn && content.Value(ApprovalContent.SubjectAltName) == SubjectAltName;

    public ApprovalRow Copy() => (ApprovalRow)MemberwiseClone();

    public static void Map(EntityTypeBuilder<ApprovalRow> row)
    {
        const string Live = "status in (-1, 0)";
        const string Sequence = "approval_id";
        row.ToTable("approval");
        row.Metadata.Model.AddSequence(Sequence, null).IncrementBy = 1;
        row.Property(r => r.Id).UseHiLo(Sequence); // known before the row is stored, for the audit record beside it
        row.Property(r => r.Username).HasMaxLength(250);
        row.Property(r => r.RequesterKey).HasMaxLength(64);
        row.Property(r => r.UniqueId).HasMaxLength(250);
        row.HasIndex(r => r.ContentHash).IsUnique().HasFilter(Live);
        row.HasIndex(r => r.Username).IsUnique().HasFilter($"{Live} and type in (2, 3, 4)"); // two contents for one end entity are never mixed
        row.HasIndex(r => new { r.ContentHash, r.Id });
        row.HasIndex(r => new { r.Username, r.Id });
        row.HasIndex(r => new { r.Status, r.Id });
        row.HasIndex(r => new { r.UniqueId, r.Part }).HasFilter(Live);
        row.Property(r => r.Version).IsRowVersion();
    }
}
