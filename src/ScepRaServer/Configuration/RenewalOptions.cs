using System.ComponentModel.DataAnnotations;

namespace ScepRaServer.Configuration;

/// <summary>Renewal: a request signed with the certificate that it shall replace (RFC 8894 §2.4).</summary>
internal sealed class RenewalOptions
{
    /// <summary>Renewal is served and told as a capability.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The new certificate may be for the same key (RFC 8894 §2.5).</summary>
    public bool AllowSameKey { get; set; } = true;

    /// <summary>A renewal needs the challenge too.</summary>
    public bool NeedsChallenge { get; set; }

    /// <summary>How long after its end a certificate may still be renewed.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan ExpiredGrace { get; set; }

    /// <summary>How long before its end a certificate may be renewed; null for always (SCEP.md W-07).</summary>
    public TimeSpan? Window { get; set; }
}
