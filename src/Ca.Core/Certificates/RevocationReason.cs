namespace Ca.Core.Certificates;

/// <summary>Why a certificate is revoked (RFC 5280 §5.3.1).</summary>
public enum RevocationReason
{
    /// <summary>Not revoked.</summary>
    None = -1,

    /// <summary>No reason given.</summary>
    Unspecified = 0,

    /// <summary>The private key is, or may be, in other hands.</summary>
    KeyCompromise = 1,

    /// <summary>The same for a CA.</summary>
    CaCompromise = 2,

    /// <summary>The subject's name changed.</summary>
    AffiliationChanged = 3,

    /// <summary>Another certificate took its place.</summary>
    Superseded = 4,

    /// <summary>No longer needed.</summary>
    CessationOfOperation = 5,

    /// <summary>On hold; may be released.</summary>
    CertificateHold = 6,

    /// <summary>Released from hold.</summary>
    RemoveFromCrl = 8,

    /// <summary>A privilege in it was withdrawn.</summary>
    PrivilegeWithdrawn = 9,

    /// <summary>An attribute authority was compromised.</summary>
    AaCompromise = 10,
}
