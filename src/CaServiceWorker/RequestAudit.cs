namespace CaServiceWorker;

/// <summary>What the worker itself puts into the audit log, beside what the core records.</summary>
internal static class RequestAudit
{
    /// <summary>A request came and was answered, refused or given up.</summary>
    public const string Event = "EXTERNALRA_REQUEST";

    /// <summary>The module of these records.</summary>
    public const string Module = "EXTRA";
}
