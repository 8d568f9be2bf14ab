using Pki.Protocols.Trust;

namespace Ca.Core.EndEntities;

/// <summary>Who is to be registered, as an RA or administrator says it. Names are resolved when it is used.</summary>
public sealed record EndEntityData
{
    /// <summary>Key of the end entity, at most 250 characters.</summary>
    public required string Username { get; init; }

    /// <summary>Subject DN text (CA_CORE §2.1).</summary>
    public required string SubjectDn { get; init; }

    /// <summary>SAN text (CA_CORE §7.1).</summary>
    public string? SubjectAltName { get; init; }

    /// <summary>E-mail address.</summary>
    public string? Email { get; init; }

    /// <summary>Name of the CA; null: the profile's default.</summary>
    public string? CaName { get; init; }

    /// <summary>Name of the end entity profile.</summary>
    public string EndEntityProfile { get; init; } = "EMPTY";

    /// <summary>Name of the certificate profile; null: the end entity profile's default.</summary>
    public string? CertificateProfile { get; init; }

    /// <summary>1 user generated, 2 P12, 3 JKS, 4 PEM.</summary>
    public int TokenType { get; init; } = 1;

    /// <summary>Where it shall stand afterwards: normally it may enrol.</summary>
    public EndEntityStatus Status { get; init; } = EndEntityStatus.New;

    /// <summary>Secret to enrol with; null: an existing user keeps its own, a new one has none and cannot enrol by a password.</summary>
    public Secret? Secret { get; init; }

    /// <summary>Keys may be recoverable.</summary>
    public bool KeyRecoverable { get; init; }

    /// <summary>Notifications may be sent.</summary>
    public bool SendNotification { get; init; }

    /// <summary>"d:h:m" from now, or "yyyy-MM-dd HH:mm" UTC.</summary>
    public string? StartTime { get; init; }

    /// <summary>The same.</summary>
    public string? EndTime { get; init; }

    /// <summary>How many certificates one enrolment may bring.</summary>
    public int? AllowedRequests { get; init; }

    /// <summary>Wrong secrets until the user can no longer enrol; −1: unlimited.</summary>
    public int? MaxFailedLogins { get; init; }

    /// <summary>Issue on hold (6) or revoked.</summary>
    public int? IssuanceRevocationReason { get; init; }
}
