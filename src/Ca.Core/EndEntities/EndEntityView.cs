using Ca.Core.Storage;

namespace Ca.Core.EndEntities;

/// <summary>An end entity as it is shown.</summary>
public sealed record EndEntityView
{
    /// <summary>Its key.</summary>
    public required string Username { get; init; }

    /// <summary>Canonical text.</summary>
    public required string SubjectDn { get; init; }

    /// <summary>SAN text.</summary>
    public string? SubjectAltName { get; init; }

    /// <summary>E-mail address.</summary>
    public string? Email { get; init; }

    /// <summary>Name of its CA.</summary>
    public required string CaName { get; init; }

    /// <summary>Name of its end entity profile.</summary>
    public required string EndEntityProfile { get; init; }

    /// <summary>Name of its certificate profile.</summary>
    public required string CertificateProfile { get; init; }

    /// <summary>Where it stands.</summary>
    public EndEntityStatus Status { get; init; }

    /// <summary>It can enrol with a secret.</summary>
    public bool HasSecret { get; init; }

    /// <summary>That secret opens again: MACs can be verified with it.</summary>
    public bool SecretOpens { get; init; }

    /// <summary>Certificates it may still get in this enrolment.</summary>
    public int RequestsLeft { get; init; }

    /// <summary>When it was added.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    public DateTimeOffset ModifiedAt { get; init; }

    internal static EndEntityView Of(EndEntityRow row, ConfigurationSnapshot snapshot) => new()
    {
        Username = row.Username,
        SubjectDn = row.SubjectDn,
        SubjectAltName = row.SubjectAltName,
        Email = row.Email,
        CaName = snapshot.FindCa(row.CaId)?.Name ?? "",
        EndEntityProfile = snapshot.EndEntityProfilesById.GetValueOrDefault(row.EndEntityProfileId)?.Name ?? "",
        CertificateProfile = snapshot.CertificateProfilesById.GetValueOrDefault(row.CertificateProfileId)?.Name ?? "",
        Status = row.Status,
        HasSecret = row.Secret is not null || row.SealedSecret is not null,
        SecretOpens = row.SealedSecret is not null,
        RequestsLeft = row.RequestsLeft,
        CreatedAt = row.CreatedAt,
        ModifiedAt = row.ModifiedAt,
    };
}
