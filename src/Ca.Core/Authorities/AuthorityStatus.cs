namespace Ca.Core.Authorities;

/// <summary>CA status (CA_CORE §4.1; numbers as in legacy databases).</summary>
public enum AuthorityStatus
{
    /// <summary>Signs.</summary>
    Active = 1,

    /// <summary>Its request is with an external CA.</summary>
    WaitingCertificateResponse = 2,

    /// <summary>Its certificate has expired.</summary>
    Expired = 3,

    /// <summary>Revoked for good.</summary>
    Revoked = 4,

    /// <summary>Taken off-line by an operator.</summary>
    Offline = 5,

    /// <summary>A foreign CA: certificate only.</summary>
    External = 6,

    /// <summary>Has no certificate yet.</summary>
    Uninitialized = 7,
}
