using System.ComponentModel.DataAnnotations;
using ExtRa.Messages.Store;
using Microsoft.Extensions.Options;
using Pki.Hosting;

namespace CmpProxy.Configuration;

/// <summary>The section <c>CmpProxy</c>.</summary>
internal sealed class CmpProxyOptions
{
    public const string Section = "CmpProxy";

    /// <summary>Where it listens when nothing is said: this machine only.</summary>
    public const string DefaultListen = "http://127.0.0.1:8081";

    /// <summary>The alias whose settings stand for all names that are not listed; the CA knows which exist (CMP-T-11).</summary>
    public const string AnyAlias = "*";

    /// <summary>The message database. Needed unless every alias has an <see cref="AliasOptions.Upstream"/>.</summary>
    public MessageStoreOptions Database { get; set; } = new();

    /// <summary>Keys and protection of the link to the CA (CMP-P-2).</summary>
    public MessageLinkOptions Link { get; set; } = new();

    /// <summary>URLs to listen on; empty for <see cref="DefaultListen"/>.</summary>
    public IList<string> Listen { get; set; } = [];

    /// <summary>By alias, a URL where any path, <c>/</c> too, is that alias: some devices cannot be given a path (CMP-T-9).</summary>
    public IDictionary<string, string> RootListen { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>URL of health, apart from CMP (CMP-T-19); empty for none.</summary>
    public string AdminListen { get; set; } = "";

    /// <summary>TLS of listeners with https.</summary>
    public TlsOptions Tls { get; set; } = new();

    /// <summary>The alias of paths that name none (CMP-T-6).</summary>
    public string DefaultAlias { get; set; } = "cmp";

    /// <summary>
    /// The aliases served here, by name (CMP-T-10); empty: all that the CA has, as <see cref="AnyAlias"/>. What the CA
    /// publishes of them narrows this, and this narrows what the CA publishes (CMP-A-41).
    /// </summary>
    public IDictionary<string, AliasOptions> Aliases { get; set; } = new Dictionary<string, AliasOptions>(StringComparer.Ordinal);

    /// <summary>How often what the CA publishes (its aliases, who is locked out there) is looked for (CMP-A-44).</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan PublicationRefresh { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>What <c>/.well-known/cmp/p/&lt;name&gt;</c> means where it is more than an alias of that name (CMP-T-8).</summary>
    public IDictionary<string, PathNameOptions> Names { get; set; } = new Dictionary<string, PathNameOptions>(StringComparer.Ordinal);

    /// <summary>Proxies whose X-Forwarded-For is believed, as addresses or networks.</summary>
    public IList<string> TrustedProxies { get; set; } = [];

    /// <summary>Counts and rates.</summary>
    [ValidateObjectMembers]
    public LimitOptions Limits { get; set; } = new();
}

/// <summary>What a name in the path stands for (CMP-T-8).</summary>
internal sealed class PathNameOptions
{
    /// <summary>The alias; the name itself where nothing is said.</summary>
    public string? Alias { get; set; }

    /// <summary>The certificate profile that calls by this path ask for.</summary>
    public string? CertificateProfile { get; set; }

    /// <summary>Operations of this name that mean something else again.</summary>
    public IDictionary<string, PathOperationOptions> Operations { get; set; } = new Dictionary<string, PathOperationOptions>(StringComparer.Ordinal);
}

/// <summary>What a name together with an operation stands for.</summary>
internal sealed class PathOperationOptions
{
    /// <summary>The alias; the name's where nothing is said.</summary>
    public string? Alias { get; set; }

    /// <summary>The certificate profile; the name's where nothing is said.</summary>
    public string? CertificateProfile { get; set; }
}

/// <summary>What one client, or all together, may use up.</summary>
internal sealed class LimitOptions
{
    /// <summary>Calls held or in work at a time (CMP-T-16); more are answered 503 at once.</summary>
    [Range(1, 1_000_000)]
    public int HeldCalls { get; set; } = 8192;

    /// <summary>The same of one address.</summary>
    [Range(1, 1_000_000)]
    public int HeldCallsPerAddress { get; set; } = 2048;

    /// <summary>Calls that one address may make in a burst (CMP-P-7); more are answered 429.</summary>
    [Range(1, 10_000_000)]
    public int CallBurst { get; set; } = 6000;

    /// <summary>Calls that one address may make per minute in the long run.</summary>
    [Range(1, 10_000_000)]
    public int CallsPerMinute { get; set; } = 6000;

    /// <summary>
    /// Octets of messages that one address may bring per minute, in a burst or in the long run (CMP-P-7); more are answered
    /// 429. Whoever they are from, they lie in the message database until they are purged.
    /// </summary>
    [Range(1024, int.MaxValue)]
    public int OctetsPerMinute { get; set; } = 12_000_000;

    /// <summary>
    /// Iterations of PasswordBasedMac and PBKDF2 that the MACs of one address may ask for per minute, in a burst or in the long
    /// run (CMP-P-7); more are answered 429. The CA must compute them before it knows whether the secret was right, 2 to 4 µs each.
    /// </summary>
    [Range(100, int.MaxValue)]
    public int MacIterationsPerMinute { get; set; } = 6_000_000;

    /// <summary>Messages with one senderKID in a burst, whatever address they come from (CMP-P-7).</summary>
    [Range(1, 10_000_000)]
    public int KeyIdBurst { get; set; } = 6000;

    /// <summary>Messages with one senderKID per minute in the long run.</summary>
    [Range(1, 10_000_000)]
    public int KeyIdCallsPerMinute { get; set; } = 6000;

    /// <summary>Messages per minute that a sender may still bring to the CA while it is locked out there for its wrong secrets (CMP-P-7).</summary>
    [Range(1, 10_000_000)]
    public int LockedKeyIdCallsPerMinute { get; set; } = 10;

    /// <summary>Octets of the request line, the path with it.</summary>
    [Range(1024, 64 * 1024)]
    public int MaxRequestLineBytes { get; set; } = 8 * 1024;

    /// <summary>Most connections at a time.</summary>
    [Range(1, 1_000_000)]
    public int Connections { get; set; } = 16_384;

    /// <summary>The same of one address; more are closed at once.</summary>
    [Range(1, 1_000_000)]
    public int ConnectionsPerAddress { get; set; } = 4096;

    /// <summary>What a client is told to wait when it is refused with 503 or 429.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(10);
}
