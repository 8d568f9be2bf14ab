namespace Ca.Core.Approvals;

/// <summary>Groups of statuses, as people look for them.</summary>
public enum ApprovalSelection
{
    /// <summary>To be decided; oldest first.</summary>
    Waiting,

    /// <summary>Decided one way or the other; newest first, like the rest.</summary>
    Decided,

    /// <summary>Ended undecided or unused.</summary>
    Expired,

    /// <summary>All of them.</summary>
    All,
}

/// <summary>Which approval requests to show; all conditions hold together.</summary>
public sealed record ApprovalFilter
{
    /// <summary>By status.</summary>
    public ApprovalSelection Selection { get; init; } = ApprovalSelection.Waiting;

    /// <summary>Name of the CA.</summary>
    public string? CaName { get; init; }

    /// <summary>Name of the certificate profile.</summary>
    public string? CertificateProfile { get; init; }

    /// <summary>What is asked for.</summary>
    public ApprovalType? Type { get; init; }

    /// <summary>The end entity, exactly.</summary>
    public string? Username { get; init; }

    /// <summary>
    /// What a caller reads out: a part of the DN or SAN, a device's serial number, a fingerprint of the key or of the
    /// PKCS#10 in hex however written, a transaction or message id, the request's code.
    /// </summary>
    public string? Match { get; init; }

    /// <summary>Asked at this time or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only what the caller has asked for or decided.</summary>
    public bool Mine { get; init; }

    /// <summary>Go on behind this id: <see cref="ApprovalPage.Next"/> of the page before.</summary>
    public long? After { get; init; }

    /// <summary>How many at most.</summary>
    public int Limit { get; init; } = 100;
}

/// <summary>A part of a list.</summary>
/// <param name="Items">The requests.</param>
/// <param name="Total">How many the filter finds, on all pages.</param>
/// <param name="Next">Where the next page begins; null: this was the last.</param>
public sealed record ApprovalPage(IReadOnlyList<ApprovalView> Items, int Total, long? Next);
