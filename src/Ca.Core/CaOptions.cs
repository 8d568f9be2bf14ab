using System.ComponentModel.DataAnnotations;
using Ca.Core.Approvals;
using Microsoft.Extensions.Options;

namespace Ca.Core;

/// <summary>What an installation decides about its CA core.</summary>
public sealed class CaOptions
{
    /// <summary>Npgsql connection string of the CA database.</summary>
    [Required(AllowEmptyStrings = false)]
    public string ConnectionString { get; set; } = "";

    /// <summary>Names this node in the audit log. Each node has its own gap-free chain.</summary>
    [Required(AllowEmptyStrings = false)]
    [StringLength(100)]
    public string NodeId { get; set; } = Environment.MachineName;

    /// <summary>How long answers are remembered. Older requests are refused, so nothing is ever executed twice.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan InboxRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>A plan left behind for longer than this no longer keeps its user busy; it is abandoned and audited.</summary>
    [Range(typeof(TimeSpan), "00:00:30", "1.00:00:00")]
    public TimeSpan PlanAbandonedAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>PBKDF2-HMAC-SHA-256 iterations for end entity secrets.</summary>
    [Range(10_000, 10_000_000)]
    public int SecretIterations { get; set; } = 210_000;

    /// <summary>
    /// Private keys that are made here may be kept and recovered (CA_CORE §11), where end entity profile and request say
    /// so too. Off by default: who keeps other people's keys should have decided to.
    /// </summary>
    public bool KeyRecovery { get; set; }

    /// <summary>Crypto token name → file that holds its PIN. Such a token is activated by itself when it is needed.</summary>
    public IDictionary<string, string> TokenPinFiles { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>An administrator's certificate must be in the certificate store (CA_CORE §12.3, default true).</summary>
    public bool RequireAdministratorInDatabase { get; set; } = true;

    /// <summary>
    /// How long a CRL of an external CA is believed beyond its next update. After that none of its certificates counts as an
    /// administrator's or an RA's: nobody knows which of them are revoked.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan ForeignCrlGrace { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long approvals and their memory last.</summary>
    [ValidateObjectMembers(typeof(ApprovalOptionsRules))]
    public ApprovalOptions Approvals { get; set; } = new();

    /// <summary>Optional file of weak keys: lines of lower-case hex prefixes of SHA-256 over the RSA modulus.</summary>
    public string? WeakKeysFile { get; set; }
}

[OptionsValidator]
internal sealed partial class CaOptionsRules : IValidateOptions<CaOptions>;
