using Pki.Protocols.Trust;

namespace Ca.Core.Approvals;

/// <summary>How many people must agree, for each action: part of the settings of a CA and of a certificate profile.</summary>
public sealed record ApprovalRules
{
    private const int Most = 5;

    /// <summary>Adding and editing end entities, with the issuing that follows; 0: nobody is asked.</summary>
    public int AddEditEndEntity { get; init; }

    /// <summary>Revocation, hold and release; 0: nobody is asked.</summary>
    public int Revocation { get; init; }

    /// <summary>Recovery of private keys; 0: nobody is asked.</summary>
    public int KeyRecovery { get; init; }

    /// <summary>What CA and profile demand together: the higher number, so neither weakens the other (APPROVALS §2.1).</summary>
    public static int Required(ApprovalAction action, ApprovalRules ca, ApprovalRules? profile) => Math.Max(ca.Of(action), profile?.Of(action) ?? 0);

    internal Refusal? Check() => new[] { AddEditEndEntity, Revocation, KeyRecovery }.All(n => n is >= 0 and <= Most)
        ? null
        : new(RefusalCode.PolicyViolation, $"approvals must be 0 to {Most} for each action.");

    private int Of(ApprovalAction action) => action switch
    {
        ApprovalAction.AddEditEndEntity => AddEditEndEntity,
        ApprovalAction.KeyRecovery => KeyRecovery,
        ApprovalAction.Revocation => Revocation,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
