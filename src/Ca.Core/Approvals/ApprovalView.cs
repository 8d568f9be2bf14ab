namespace Ca.Core.Approvals;

/// <summary>An approval request as people see it.</summary>
public sealed record ApprovalView
{
    /// <summary>What people quote.</summary>
    public required long Id { get; init; }

    /// <summary>What is asked for.</summary>
    public required ApprovalType Type { get; init; }

    /// <summary>Where it stands, with the passing of time taken into account.</summary>
    public required ApprovalStatus Status { get; init; }

    /// <summary>Name of the CA; its id where it is gone.</summary>
    public required string CaName { get; init; }

    /// <summary>Name of the end entity profile; its id where it is gone.</summary>
    public required string EndEntityProfile { get; init; }

    /// <summary>Name of the certificate profile; its id where it is gone.</summary>
    public required string CertificateProfile { get; init; }

    /// <summary>The end entity. A stranger chose it.</summary>
    public required string Username { get; init; }

    /// <summary>Subject DN, where there is one. A stranger chose it.</summary>
    public string? SubjectDn { get; init; }

    /// <summary>SAN text, where there is one. A stranger chose it.</summary>
    public string? SubjectAltName { get; init; }

    /// <summary>Who asks: name of the RA's certificate or of the program.</summary>
    public required string Requester { get; init; }

    /// <summary>Serial number of the requester's certificate; null: no certificate vouches for it, as with unsigned messages.</summary>
    public string? RequesterSerial { get; init; }

    /// <summary>Worker or program it came through.</summary>
    public required string Source { get; init; }

    /// <summary>Front end's protocol; null: it came in no message.</summary>
    public string? Protocol { get; init; }

    /// <summary>The protocol's transaction.</summary>
    public string? TransactionId { get; init; }

    /// <summary>Key of the message in its database.</summary>
    public string? UniqueId { get; init; }

    /// <summary>Short code the front end shows.</summary>
    public string? Code { get; init; }

    /// <summary>How many people must agree.</summary>
    public required int Required { get; init; }

    /// <summary>How many did.</summary>
    public required int Given { get; init; }

    /// <summary>When it was asked.</summary>
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>End of the wait; once approved, end of the permission.</summary>
    public required DateTimeOffset ExpireAt { get; init; }

    /// <summary>Last change of its status.</summary>
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Result { get; init; }

    /// <summary>Fingerprint of the certificate that came of it, or what else was done.</summary>
    public string? ConsumedBy { get; init; }

    /// <summary>Requests that were refused because this one is remembered.</summary>
    public int Repeats { get; init; }

    /// <summary>The memory of its rejection or failure was lifted.</summary>
    public bool Forgotten { get; init; }

    /// <summary>Whoever looks has asked for it, and so cannot decide it.</summary>
    public bool IsOwn { get; init; }
}

/// <summary>One person's decision.</summary>
/// <param name="Name">Who.</param>
/// <param name="CertificateSerial">With which certificate; null: as an account of this machine.</param>
/// <param name="Verdict">What.</param>
/// <param name="Comment">Why.</param>
/// <param name="At">When.</param>
public sealed record ApprovalDecisionView(string Name, string? CertificateSerial, ApprovalVerdict Verdict, string? Comment, DateTimeOffset At);

/// <summary>A certificate the approver should know of.</summary>
/// <param name="Serial">Lower-case hex.</param>
/// <param name="CaName">Who issued it.</param>
/// <param name="Username">Whose it is.</param>
/// <param name="Status">Valid, revoked, archived.</param>
/// <param name="RevocationReason">RFC 5280 reason; null: not revoked.</param>
/// <param name="NotAfter">End of its validity.</param>
/// <param name="SameKey">It is for the same public key.</param>
public sealed record RelatedCertificate(string Serial, string CaName, string? Username, Certificates.CertificateStatus Status, int? RevocationReason, DateTimeOffset NotAfter, bool SameKey);

/// <summary>Everything that somebody who decides should see.</summary>
/// <param name="Request">The request.</param>
/// <param name="Facts">What exactly is asked for, old and new.</param>
/// <param name="Fingerprints">Digests of the request as it came.</param>
/// <param name="Decisions">What was said so far.</param>
/// <param name="Earlier">Earlier requests for the same content.</param>
/// <param name="Related">Certificates of the same user, subject or key, newest first.</param>
/// <param name="Warnings">What an approver should look at twice.</param>
/// <param name="Obstacle">Why whoever looks cannot decide it; null when he can.</param>
/// <param name="Acts">What else he may do with it.</param>
public sealed record ApprovalDetail(
    ApprovalView Request,
    IReadOnlyList<ApprovalFact> Facts,
    IReadOnlyList<string> Fingerprints,
    IReadOnlyList<ApprovalDecisionView> Decisions,
    int Earlier,
    IReadOnlyList<RelatedCertificate> Related,
    IReadOnlyList<string> Warnings,
    string? Obstacle,
    ApprovalActs Acts);

/// <summary>What whoever looks may do beside deciding. A page hides by this; <see cref="ApprovalDesk"/> decides.</summary>
/// <param name="Extend">Give people more time.</param>
/// <param name="Withdraw">Take it back.</param>
/// <param name="Forget">Lift the memory of its rejection or failure.</param>
public sealed record ApprovalActs(bool Extend, bool Withdraw, bool Forget);
