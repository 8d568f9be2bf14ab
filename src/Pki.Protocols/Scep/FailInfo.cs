namespace Pki.Protocols.Scep;

/// <summary>Why it was refused (RFC 8894 §3.2.1.4). No others exist: clients break on unknown ones (SCEP.md F-01).</summary>
public enum FailInfo
{
    /// <summary>An algorithm is not allowed.</summary>
    BadAlg = 0,

    /// <summary>The signature or digest is wrong.</summary>
    BadMessageCheck = 1,

    /// <summary>Everything that has no code of its own.</summary>
    BadRequest = 2,

    /// <summary>The signing time is too far off.</summary>
    BadTime = 3,

    /// <summary>No such certificate, CRL or transaction.</summary>
    BadCertId = 4,
}
