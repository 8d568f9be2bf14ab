using System.ComponentModel.DataAnnotations;

namespace CmpProxy.Configuration;

/// <summary>
/// The optional gate (CMP-P-4): which protection a message must have before it goes on. Where both kinds are required,
/// either suffices. The gate never changes the message, and the CA checks everything again.
/// </summary>
internal sealed class GateOptions
{
    /// <summary>Demand a MAC of one of <see cref="MacKeys"/>. A secret in the DMZ is a risk (CMP-P-5): prefer signatures or no gate.</summary>
    public bool RequireMac { get; set; }

    /// <summary>The secrets, by who uses them.</summary>
    public IList<MacKeyOptions> MacKeys { get; set; } = [];

    /// <summary>Demand a signature by a certificate of one of <see cref="TrustedIssuers"/>.</summary>
    public bool RequireSignature { get; set; }

    /// <summary>Files with CA certificates (PEM, several in one file allowed, or DER), or folders of such files.</summary>
    public IList<string> TrustedIssuers { get; set; } = [];

    /// <summary>Demand a valid CRL of each issuer, and the certificates not on it.</summary>
    public bool RequireCrl { get; set; }

    /// <summary>Files with CRLs (PEM or DER), or folders of such files.</summary>
    public IList<string> Crls { get; set; } = [];

    /// <summary>Believe SHA-1 signatures.</summary>
    public bool AllowSha1 { get; set; }

    /// <summary>How often the files of issuers and CRLs are read again.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Refresh { get; set; } = TimeSpan.FromMinutes(1);

    public bool IsOpen => !RequireMac && !RequireSignature;
}

/// <summary>A shared secret and who uses it: a senderKID or a CA.</summary>
internal sealed class MacKeyOptions
{
    /// <summary>The senderKID as text.</summary>
    public string? KeyId { get; set; }

    /// <summary>The CA the message is for, as the distinguished name in the header's recipient.</summary>
    public string? Ca { get; set; }

    /// <summary>File whose first line is the secret.</summary>
    public string? SecretFile { get; set; }
}

/// <summary>Another CMP server behind this one.</summary>
internal sealed class UpstreamOptions
{
    /// <summary>Its URL, path included.</summary>
    public string Url { get; set; } = "";

    /// <summary>How long a connection may take to come about.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the whole exchange may take; the client is held for the alias's HoldTimeout at most.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Most octets of an answer.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int MaxAnswerBytes { get; set; } = 1024 * 1024;

    /// <summary>Most exchanges at a time, those included whose client has gone; beyond, clients are told to come again.</summary>
    [Range(1, 100_000)]
    public int MaxExchanges { get; set; } = 1024;

    /// <summary>Keep connections for the next request. Servers with one thread serve one connection at a time.</summary>
    public bool KeepAlive { get; set; } = true;
}
