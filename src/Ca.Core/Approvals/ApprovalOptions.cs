using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Ca.Core.Approvals;

/// <summary>How long approvals and their memory last (APPROVALS §2.2).</summary>
public sealed class ApprovalOptions
{
    /// <summary>How long a request of an External RA waits for a decision. Its message is still queued then and asks anew.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan RequestValidity { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The same for what administrators ask for themselves.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan InteractiveRequestValidity { get; set; } = TimeSpan.FromHours(8);

    /// <summary>How long the permission may be used.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan ApprovalValidity { get; set; } = TimeSpan.FromHours(8);

    /// <summary>How long after a rejection the same request is refused without asking anybody. Counted from the decision.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan RejectionMemory { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>The same after an approved request that could not be executed. Counted from the failure.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan FailureMemory { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>An extension may put the end at most this far into the future.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan MaxExtension { get; set; } = TimeSpan.FromHours(24);

    /// <summary>What a rejection covers.</summary>
    public RejectionScope RejectionScope { get; set; } = RejectionScope.Username;

    /// <summary>Finished requests are removed after this time; the audit log keeps what happened.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(90);
}

[OptionsValidator]
internal sealed partial class ApprovalOptionsRules : IValidateOptions<ApprovalOptions>;
