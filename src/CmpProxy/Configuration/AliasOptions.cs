using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CmpProxy.Configuration;

/// <summary>How strictly messages are taken (CMP-0-1).</summary>
internal enum Conformance
{
    /// <summary>What real clients send.</summary>
    Interop,

    /// <summary>RFC 9483.</summary>
    Lightweight,
}

/// <summary>The answer to what is not even ASN.1 (CMP-T-13).</summary>
internal enum NotDerAnswer
{
    /// <summary>HTTP 400, as EJBCA's CA answers.</summary>
    Status400,

    /// <summary>An unprotected CMP error badRequest, as EJBCA's proxy answers.</summary>
    CmpError,
}

/// <summary>The answer when the CA is silent (CMP-T-15).</summary>
internal enum TimeoutAnswer
{
    /// <summary>HTTP 503 with Retry-After.</summary>
    Status503,

    /// <summary>An unprotected CMP error systemUnavail.</summary>
    CmpError,
}

/// <summary>One alias: what may come in, how long it is held, where it goes. No secrets, apart from files named in <see cref="Gate"/>.</summary>
internal sealed class AliasOptions
{
    /// <summary>The default of each single check that differs (CMP-0-2).</summary>
    public Conformance Conformance { get; set; }

    /// <summary>Refuse content types other than CMP's with 415 (CMP-T-1). Old clients send none or octet-stream.</summary>
    public bool? StrictContentType { get; set; }

    /// <summary>Refuse an operation in the path that contradicts the body (CMP-T-7).</summary>
    public bool? StrictOperation { get; set; }

    /// <summary>Ignore line ends after the message (CMP-T-12).</summary>
    public bool? IgnoreTrailingNewline { get; set; }

    /// <summary>Most octets of a message (CMP-T-12), if fewer than the CA says; null: as the CA says, or 100 000.</summary>
    [Range(1024, 1024 * 1024)]
    public int? MaxMessageBytes { get; set; }

    /// <summary>Calls of this alias held or in work at a time (CMP-T-16).</summary>
    [Range(1, 1_000_000)]
    public int HeldCalls { get; set; } = 8192;

    /// <summary>How long a call is held for the CA's answer (CMP-T-15): more than two of the worker's intervals and the CA's own time.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan HoldTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The answer when the CA was silent for that long, or the message database is.</summary>
    public TimeoutAnswer TimeoutAnswer { get; set; }

    /// <summary>The answer to what is not ASN.1.</summary>
    public NotDerAnswer NotDerAnswer { get; set; }

    /// <summary>
    /// How long after the answer a byte-identical request gets the same answer again (CMP-T-17). Later it is refused with
    /// transactionIdInUse. Zero: every request goes to the CA, which refuses repetitions itself (RFC 9483 §3.6.4).
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan ReplayWindow { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The messages that may begin something here: ir, cr, p10cr, kur, rr, genm, nested, ccr, krr. Empty: all that the CA
    /// offers. What goes on with a transaction (certConf, pollReq, popdecr, error) always may.
    /// </summary>
    public IList<string> Operations { get; set; } = [];

    /// <summary>PasswordBasedMac: most iterations (CMP-P-6, CMP-S-4); by default as many as an alias of the CA takes.</summary>
    [Range(100, 10_000_000)]
    public int MaxPbmIterations { get; set; } = 20_000;

    /// <summary>PBMAC1: most iterations of PBKDF2 (CMP-P-6, CMP-S-4); by default as many as an alias of the CA takes.</summary>
    [Range(1000, 100_000_000)]
    public int MaxPbkdf2Iterations { get; set; } = 100_000;

    /// <summary>What must be proved before anything is stored (CMP-P-4).</summary>
    [ValidateObjectMembers]
    public GateOptions Gate { get; set; } = new();

    /// <summary>Another CMP server to forward to; without one the message database is used.</summary>
    [ValidateObjectMembers]
    public UpstreamOptions? Upstream { get; set; }

    public bool RefusesOtherContentTypes => StrictContentType ?? Conformance == Conformance.Lightweight;

    public bool RefusesOtherOperations => StrictOperation ?? Conformance == Conformance.Lightweight;

    public bool IgnoresTrailingNewline => IgnoreTrailingNewline ?? Conformance == Conformance.Interop;
}
