using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Ca.Core.Certificates;

/// <summary>A stored certificate as it is shown.</summary>
public sealed record CertificateView
{
    /// <summary>Name of the issuing CA; empty when it is no longer here.</summary>
    public required string CaName { get; init; }

    /// <summary>Lower-case hex.</summary>
    public required string Serial { get; init; }

    /// <summary>Lower-case hex SHA-1 over the DER.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Canonical text.</summary>
    public required string SubjectDn { get; init; }

    /// <summary>Whose it is.</summary>
    public string? Username { get; init; }

    /// <summary>Id of the end entity profile it was issued under.</summary>
    public int EndEntityProfileId { get; init; }

    /// <summary>Valid, revoked, archived.</summary>
    public CertificateStatus Status { get; init; }

    /// <summary>End entity or CA.</summary>
    public CertificateType Type { get; init; }

    /// <summary>Null: not revoked.</summary>
    public RevocationReason? Reason { get; init; }

    /// <summary>When it was revoked.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Since when its key is known or suspected to be in other hands (RFC 5280 §5.3.2); null: nobody said.</summary>
    public DateTimeOffset? InvalidityDate { get; init; }

    /// <summary>Start of its validity.</summary>
    public DateTimeOffset NotBefore { get; init; }

    /// <summary>End of its validity.</summary>
    public DateTimeOffset NotAfter { get; init; }

    /// <summary>DER.</summary>
    public required byte[] Encoded { get; init; }

    /// <summary>The certificate itself.</summary>
    public Certificate Certificate => Der.DecodeBer<Certificate>(Encoded).OrThrow();
}

/// <summary>Which certificates to show; all conditions hold together.</summary>
public sealed record CertificateFilter
{
    /// <summary>Issuing CA.</summary>
    public string? CaName { get; init; }

    /// <summary>Hex, however written.</summary>
    public string? Serial { get; init; }

    /// <summary>Whose.</summary>
    public string? Username { get; init; }

    /// <summary>Status.</summary>
    public CertificateStatus? Status { get; init; }

    /// <summary>Part of the subject DN.</summary>
    public string? SubjectContains { get; init; }

    /// <summary>How many at most, newest first.</summary>
    public int Limit { get; init; } = 100;
}
