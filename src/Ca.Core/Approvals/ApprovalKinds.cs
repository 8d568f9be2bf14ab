namespace Ca.Core.Approvals;

/// <summary>What a CA or a certificate profile may demand approvals for (APPROVALS §2.1; numbers as in legacy databases).</summary>
public enum ApprovalAction
{
    /// <summary>Add, edit or change the status of an end entity, and the certificate that comes of it.</summary>
    AddEditEndEntity = 1,

    /// <summary>Hand out a kept private key.</summary>
    KeyRecovery = 2,

    /// <summary>Revoke, put on hold, release.</summary>
    Revocation = 3,
}

#pragma warning disable CA1008 // the numbers are those of legacy databases; there is no zero
/// <summary>What is asked for (APPROVALS §3.2; numbers as in legacy databases).</summary>
public enum ApprovalType
{
    /// <summary>A new end entity, with its certificate where the request has a key.</summary>
    AddEndEntity = 2,

    /// <summary>Another content for an end entity, or a certificate for one that exists.</summary>
    EditEndEntity = 3,

    /// <summary>Another status for an end entity.</summary>
    ChangeStatus = 4,

    /// <summary>A kept private key.</summary>
    KeyRecovery = 5,

    /// <summary>All certificates of an end entity, with or without the end entity itself.</summary>
    RevokeEndEntity = 7,

    /// <summary>One certificate; also its release from hold.</summary>
    RevokeCertificate = 9,
}
#pragma warning restore CA1008

/// <summary>Where an approval request stands (APPROVALS §4; numbers as in legacy databases).</summary>
public enum ApprovalStatus
{
    /// <summary>People must decide.</summary>
    Waiting = -1,

    /// <summary>Enough people said yes; what was asked for may be done once.</summary>
    Approved = 0,

    /// <summary>Nobody decided in time, or the permission was not used in time.</summary>
    Expired = -3,

    /// <summary>It was done. Final.</summary>
    Executed = -5,

    /// <summary>It could not be done. Final.</summary>
    ExecutionFailed = -6,

    /// <summary>Somebody said no. Final (legacy: EXECUTIONDENIED).</summary>
    Rejected = -7,
}

/// <summary>What one person said.</summary>
public enum ApprovalVerdict
{
    /// <summary>Yes.</summary>
    Approved = 1,

    /// <summary>No; one is enough.</summary>
    Rejected = 2,
}

/// <summary>Does this origin of work ask for approvals?</summary>
public enum ApprovalMode
{
    /// <summary>Wherever CA or certificate profile demand them.</summary>
    Required,

    /// <summary>Never; each use is audited (legacy: approval.excludedClasses).</summary>
    Bypass,
}

/// <summary>How far a rejection is remembered (APPROVALS §6.3).</summary>
public enum RejectionScope
{
    /// <summary>The very content that was rejected.</summary>
    Content,

    /// <summary>Whatever is asked for this end entity, as documented for the External RA.</summary>
    Username,
}
