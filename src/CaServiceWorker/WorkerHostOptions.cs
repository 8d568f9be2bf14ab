namespace CaServiceWorker;

/// <summary>What all workers of this node share.</summary>
internal sealed class WorkerHostOptions
{
    /// <summary>Folder of plug-in assemblies; null for none (EXTERNAL_RA.md X-10).</summary>
    public string? PlugInFolder { get; set; }

    /// <summary>Keep the schedule of what runs once per cluster in the CA database (placement single, CRLs). Off: in memory, for one node.</summary>
    public bool Clustered { get; set; } = true;

    /// <summary>How often nodes of the cluster tell each other that they live; a dead one is noticed within about three of these.</summary>
    public TimeSpan ClusterCheckIn { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often CRLs that are due are made.</summary>
    public TimeSpan CrlInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often old messages and answers are removed.</summary>
    public TimeSpan HousekeepingInterval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How often to look for decided approvals, whose messages are then woken.</summary>
    public TimeSpan ApprovalInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often to tell the CA database how the workers are doing, for the overview of the admin web.</summary>
    public TimeSpan RunReportInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often CMP transactions that nobody confirmed are looked for.</summary>
    public TimeSpan CmpHousekeepingInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often to look whether CMP proxies have to be told of changed aliases or of locked-out senders.</summary>
    public TimeSpan CmpNoticesInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Answer what waits now and end, instead of serving.</summary>
    public bool RunOnce { get; set; }

    /// <summary>With <see cref="RunOnce"/>, the one worker that does so; null for all of this node.</summary>
    public string? OnlyWorker { get; set; }
}
