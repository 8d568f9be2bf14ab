namespace Pki.Protocols.Scep;

/// <summary>How it went (RFC 8894 §3.2.1.3).</summary>
public enum PkiStatus
{
    /// <summary>What was asked for is inside.</summary>
    Success = 0,

    /// <summary>Refused; <see cref="FailInfo"/> tells why.</summary>
    Failure = 2,

    /// <summary>Not decided yet: ask again later.</summary>
    Pending = 3,
}
