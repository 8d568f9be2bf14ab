using System.ComponentModel.DataAnnotations;
using ExtRa.Messages.Store;
using Microsoft.Extensions.Options;
using Pki.Hosting;

namespace ScepRaServer.Configuration;

/// <summary>The section <c>ScepRa</c>.</summary>
internal sealed class ScepRaOptions
{
    public const string Section = "ScepRa";

    /// <summary>Where it listens when nothing is said: this machine only (SCEP.md L-10).</summary>
    public const string DefaultListen = "http://127.0.0.1:8080";

    /// <summary>The message database.</summary>
    public MessageStoreOptions Database { get; set; } = new();

    /// <summary>Keys and protection of the link to the CA.</summary>
    public MessageLinkOptions Link { get; set; } = new();

    /// <summary>URLs to listen on; empty for <see cref="DefaultListen"/>.</summary>
    public IList<string> Listen { get; set; } = [];

    /// <summary>The alias of calls whose path, recipient and identifier name none; may be left out when there is only one.</summary>
    public string? DefaultAlias { get; set; }

    /// <summary>The CAs and profiles served, by the name that stands in the path.</summary>
    public IDictionary<string, AliasOptions> Aliases { get; set; } = new Dictionary<string, AliasOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Proxies whose X-Forwarded-For is believed, as addresses or networks (SCEP.md H-20).</summary>
    public IList<string> TrustedProxies { get; set; } = [];

    /// <summary>Sizes, counts and rates.</summary>
    [ValidateObjectMembers]
    public LimitOptions Limits { get; set; } = new();

    /// <summary>How often what the CA publishes (CRLs, next CA certificates) is looked for.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan PublicationRefresh { get; set; } = TimeSpan.FromMinutes(1);
}

/// <summary>What one client, or all together, may use up.</summary>
internal sealed class LimitOptions
{
    /// <summary>Largest POST body in bytes (SCEP.md H-10).</summary>
    [Range(16 * 1024, 16 * 1024 * 1024)]
    public int MaxMessageBytes { get; set; } = 128 * 1024;

    /// <summary>Largest request line in bytes; a GET of an RSA-8192 key needs 10 KB, an Intune challenge more (SCEP.md H-09).</summary>
    [Range(16 * 1024, 1024 * 1024)]
    public int MaxRequestLineBytes { get; set; } = 72 * 1024;

    /// <summary>PKI operations worked on at a time; more are answered 503 (SCEP.md H-18).</summary>
    [Range(1, 100_000)]
    public int ParallelOperations { get; set; } = 1024;

    /// <summary>Requests held open for the CA's answer at a time; more are answered PENDING at once.</summary>
    [Range(0, 1_000_000)]
    public int HeldOperations { get; set; } = 8192;

    /// <summary>Most connections at a time (SCEP.md H-19).</summary>
    [Range(1, 1_000_000)]
    public int Connections { get; set; } = 16_384;

    /// <summary>The same of one address; more are closed at once.</summary>
    [Range(1, 1_000_000)]
    public int ConnectionsPerAddress { get; set; } = 4096;

    /// <summary>Refusals that one address may collect in a burst before it gets 429 (SCEP.md E-08, L-11).</summary>
    [Range(1, 1_000_000)]
    public int FailureBurst { get; set; } = 500;

    /// <summary>Refusals that one address may collect per minute in the long run.</summary>
    [Range(1, 1_000_000)]
    public int FailuresPerMinute { get; set; } = 300;

    /// <summary>Wrong challenges that one address, or all together for one subject, may try in a burst (SCEP.md P-08).</summary>
    [Range(1, 1_000_000)]
    public int ChallengeBurst { get; set; } = 20;

    /// <summary>Wrong challenges per minute in the long run.</summary>
    [Range(1, 1_000_000)]
    public int ChallengesPerMinute { get; set; } = 10;

    /// <summary>What a client is told to wait when it is refused with 503 or 429.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(30);
}
