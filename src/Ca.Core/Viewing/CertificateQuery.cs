using Ca.Core.Certificates;

namespace Ca.Core.Viewing;

/// <summary>Which certificates are looked for; all conditions hold together.</summary>
public sealed record CertificateQuery
{
    /// <summary>Part of the subject DN or of the alternative names; case does not matter.</summary>
    public string? Names { get; init; }

    /// <summary>Hex, however written.</summary>
    public string? Serial { get; init; }

    /// <summary>Whose, exactly.</summary>
    public string? Username { get; init; }

    /// <summary>Name of the issuing CA.</summary>
    public string? CaName { get; init; }

    /// <summary>Name of the certificate profile or of the end entity profile.</summary>
    public string? Profile { get; init; }

    /// <summary>Status.</summary>
    public CertificateStatus? Status { get; init; }

    /// <summary>Only what is not revoked, whether its holder has been told of its end or not.</summary>
    public bool NotRevoked { get; init; }

    /// <summary>Still valid, but not this much longer.</summary>
    public TimeSpan? ExpiresWithin { get; init; }
}

/// <summary>A certificate that was found.</summary>
/// <param name="Certificate">It.</param>
/// <param name="CertificateProfile">Name of its profile; empty when that is gone.</param>
/// <param name="EndEntityProfile">Name of the profile of its end entity; empty when that is gone.</param>
/// <param name="MayRevoke">The actor has the right to revoke it. A page hides by this; <see cref="Revoker"/> decides.</param>
public sealed record FoundCertificate(CertificateView Certificate, string CertificateProfile, string EndEntityProfile, bool MayRevoke);

/// <summary>How many valid certificates end in a period.</summary>
/// <param name="From">Its begin.</param>
/// <param name="Count">How many.</param>
public sealed record ExpiringCount(DateTimeOffset From, int Count);

/// <summary>Certificates that were found.</summary>
/// <param name="Items">They.</param>
/// <param name="HasMore">There are others beyond the most that was asked for.</param>
public sealed record FoundCertificates(IReadOnlyList<FoundCertificate> Items, bool HasMore);
