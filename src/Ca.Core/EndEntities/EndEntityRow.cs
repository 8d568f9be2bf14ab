using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ca.Core.EndEntities;

internal sealed class EndEntityRow : IRow<EndEntityRow>
{
    /// <summary>Bit of <see cref="Type"/>: keys made here may be kept.</summary>
    public const int KeyRecoverable = 0x80;

    public const string KeyConstraint = "pk_end_entity";

    public required string Username { get; set; }

    public required string SubjectDn { get; set; }

    public string? SubjectAltName { get; set; }

    public string? Email { get; set; }

    /// <summary>See <see cref="SecretHash"/>; null: nobody can enrol as this user with a password.</summary>
    public string? Secret { get; private set; }

    /// <summary>
    /// The same secret, so that it opens again; null where the profile does not keep it so. Alone: one that was given back
    /// and verifies MACs only. See <see cref="EnrolmentCodes"/>.
    /// </summary>
    public byte[]? SealedSecret { get; private set; }

    public int CaId { get; set; }

    public int EndEntityProfileId { get; set; }

    public int CertificateProfileId { get; set; }

    public int TokenType { get; set; } = 1;

    /// <summary>Bit mask of CA_CORE §7.1.</summary>
    public int Type { get; set; } = 1;

    public EndEntityStatus Status { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset ModifiedAt { get; set; }

    /// <summary>How many certificates one enrolment may bring, and how many are left.</summary>
    public int AllowedRequests { get; set; } = 1;

    public int RequestsLeft { get; set; } = 1;

    /// <summary>−1: unlimited.</summary>
    public int MaxFailedLogins { get; set; } = -1;

    public int LoginsLeft { get; set; } = -1;

    /// <summary>As given, CA_CORE §5.4: "d:h:m" from now or "yyyy-MM-dd HH:mm" UTC.</summary>
    public string? StartTime { get; set; }

    public string? EndTime { get; set; }

    /// <summary>Issue on hold (6) or revoked; −1 normally.</summary>
    public int IssuanceRevocationReason { get; set; } = -1;

    /// <summary>What the legacy product knew of this user and this one has no place for, as JSON.</summary>
    public string? LegacyExtra { get; set; }

    public uint Version { get; set; }

    public void SetSecret(string hash, byte[]? sealedSecret) => (Secret, SealedSecret) = (hash, sealedSecret);

    /// <summary>It was spent, or must not be shown any more.</summary>
    public void ForgetSecret() => (Secret, SealedSecret) = (null, null);

    public EndEntityRow Copy() => (EndEntityRow)MemberwiseClone();

    public static void Map(EntityTypeBuilder<EndEntityRow> row)
    {
        row.ToTable("end_entity");
        row.HasKey(r => r.Username);
        row.Property(r => r.Username).HasMaxLength(250);
        row.HasIndex(r => r.SubjectDn).HasMethod("hash"); // any length; CMP clients are found by it
        row.Property(r => r.Version).IsRowVersion();
    }
}
