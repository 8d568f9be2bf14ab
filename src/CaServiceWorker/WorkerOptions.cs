using System.ComponentModel.DataAnnotations;
using Ca.Core.Approvals;
using ExtRa.Legacy.SubMessages;
using ExtRa.Messages.Store;
using Pki.Hosting;

namespace CaServiceWorker;

/// <summary>On which nodes a worker runs (EXTERNAL_RA.md X-12).</summary>
internal enum Placement
{
    /// <summary>On every node; row leases keep them apart.</summary>
    Any,

    /// <summary>On one node at a time; another takes over when that one goes down.</summary>
    Single,

    /// <summary>On the named nodes only.</summary>
    Pinned,
}

/// <summary>What becomes of requests that legacy programs wrote.</summary>
internal enum LegacyRequests
{
    /// <summary>They are refused.</summary>
    Refuse,

    /// <summary>They are processed, under the rules of this worker.</summary>
    Accept,
}

/// <summary>One worker: one message database, one set of rules (EXTERNAL_RA.md ).</summary>
internal sealed class WorkerOptions
{
    /// <summary>Name of the data source in <c>DataSources</c> (legacy: persistenceunit).</summary>
    [Required]
    public string DataSource { get; set; } = "RAMessage1DS";

    /// <summary>How often to look when no doorbell rings.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "01:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Refuse unsigned requests; sign answers.</summary>
    public bool SignatureRequired { get; set; } = true;

    /// <summary>Refuse unencrypted requests; encrypt answers.</summary>
    public bool EncryptionRequired { get; set; } = true;

    /// <summary>The worker's PKCS#12: opens requests, signs answers.</summary>
    public KeyStoreOptions KeyStore { get; set; } = new();

    /// <summary>Name of the CA whose certificates RAs sign with.</summary>
    [Required]
    public string RaIssuer { get; set; } = "ManagementCA";

    /// <summary>Request classes that are processed; empty for all. Exact names, with or without the legacy package.</summary>
    public IList<string> WhiteList { get; } = [];

    /// <summary>
    /// The role that unsigned requests act with. Needed when signatures are not required: there is no silent
    /// super administrator (FLAWS.md C1).
    /// </summary>
    public string? UnsignedActsAs { get; set; }

    /// <summary>The kinds of rows this worker takes; channels do not mix (FLAWS.md F11).</summary>
    public IList<MessageType> Types { get; } = [];

    /// <summary>On which nodes it runs.</summary>
    public Placement Placement { get; set; } = Placement.Any;

    /// <summary>The nodes of a pinned worker.</summary>
    public IList<string> Nodes { get; } = [];

    /// <summary>Messages processed at the same time.</summary>
    [Range(1, 1024)]
    public int Parallel { get; set; } = 64;

    /// <summary>Messages claimed by one statement.</summary>
    [Range(1, 256)]
    public int BatchSize { get; set; } = 32;

    /// <summary>How long a claimed message stays ours unless renewed. Must outlast the slowest signature by far.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan ClaimLease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Claims of one message before it gets an error answer (FLAWS.md F2).</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 8;

    /// <summary>
    /// Requests sealed longer ago are refused. Must not exceed the time the inbox remembers answers, or a captured
    /// request could be executed a second time (ARCHITECTURE.md 5).
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "90.00:00:00")]
    public TimeSpan MaxRequestAge { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How far an RA's clock may be ahead of ours.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan MaxClockSkew { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Answered messages are removed after this time.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan KeepAnswered { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Whether requests in the format of legacy programs are processed. Refused ones get an answer that says so, in their format.</summary>
    public LegacyRequests LegacyRequests { get; set; } = LegacyRequests.Refuse;

    /// <summary>As <see cref="SignatureRequired"/>, for legacy requests; null: the same. A legacy SCEP RA never signs.</summary>
    public bool? LegacySignatureRequired { get; set; }

    /// <summary>As <see cref="EncryptionRequired"/>, for legacy requests; null: the same.</summary>
    public bool? LegacyEncryptionRequired { get; set; }

    /// <summary>What texts in legacy requests mean that begin with <c>B64:</c>.</summary>
    public B64Values LegacyB64 { get; set; } = B64Values.ByMapClass;

    /// <summary>Whether people are asked where a CA or certificate profile demands it; each bypass is logged and audited.</summary>
    public ApprovalMode Approvals { get; set; } = ApprovalMode.Required;

    /// <summary>The options of one section, native and legacy names alike; a key nobody knows is an error.</summary>
    public static WorkerOptions Read(IConfigurationSection section)
    {
        var options = new WorkerOptions();
        StrictBinding.Bind(section.Path, LegacyWorkerKeys.ToNative(section), options);
        if (options.Types.Count == 0)
        {
            options.Types.Add(MessageType.ExtRa);
            options.Types.Add(MessageType.Scep);
            options.Types.Add(MessageType.Cmp);
        }

        return options;
    }
}
