namespace ExtRa.Messages.Contract;

/// <summary>
/// Revokes one certificate, puts it on hold or releases it, or revokes all of an end entity (EXTERNAL_RA.md X-24).
/// Answered by <see cref="ExtRAResponse"/>.
/// </summary>
public sealed record RevocationRequest : Request, INamesUser
{
    /// <summary>DN of the CA that issued the certificate; null where only <see cref="Username"/> counts.</summary>
    public string? IssuerDn { get; init; }

    /// <summary>Serial number in hex, at most 20 octets (RFC 5280 §4.1.2.2); null where only <see cref="Username"/> counts.</summary>
    public string? CertificateSn { get; init; }

    /// <summary>Name of the end entity. Beside a certificate it must be the certificate's owner (FLAWS.md E13).</summary>
    public string? Username { get; init; }

    /// <summary>RFC 5280 §5.3.1; 8 (and −1, as legacy peers say) releases from hold.</summary>
    public int RevocationReason { get; init; }

    /// <summary>All certificates of the end entity.</summary>
    public bool RevokeAll { get; init; }

    /// <summary>All certificates and the end entity itself, which then can enrol no more.</summary>
    public bool RevokeUser { get; init; }
}
