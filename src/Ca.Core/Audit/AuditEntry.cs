namespace Ca.Core.Audit;

/// <summary>How what was audited ended.</summary>
public enum AuditStatus
{
    /// <summary>It happened.</summary>
    Success = 1,

    /// <summary>It was refused or failed.</summary>
    Failure = 2,

    /// <summary>Neither: a note.</summary>
    Void = 3,
}

/// <summary>What happened, as it goes into the audit log (CA_CORE §13). Carries no password and no private key.</summary>
/// <param name="Event">One of <see cref="AuditEvents"/>.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Actor">Who: subject DN or name of the administrator or component.</param>
public sealed record AuditEntry(string Event, AuditStatus Status, string Actor)
{
    /// <summary>Part of the core: CA, RA, ROLES …</summary>
    public string Module { get; init; } = "CA";

    /// <summary>Which program.</summary>
    public string Service { get; init; } = "CORE";

    /// <summary>The CA's id as text.</summary>
    public string? CustomId { get; init; }

    /// <summary>Certificate serial in hex, or a protocol's transaction id.</summary>
    public string? SearchDetail1 { get; init; }

    /// <summary>Username.</summary>
    public string? SearchDetail2 { get; init; }

    /// <summary>Further facts, in this order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Details { get; init; } = [];

    /// <summary>The same entry with one more fact.</summary>
    public AuditEntry With(string name, string? value) =>
        value is null ? this : this with { Details = [.. Details, new(name, value)] };
}
