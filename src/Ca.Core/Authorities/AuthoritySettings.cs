using Ca.Core.Profiles;
using Pki.Protocols.Trust;

namespace Ca.Core.Authorities;

/// <summary>What an operator sets about a CA (CA_CORE §4.1).</summary>
public sealed record AuthoritySettings
{
    /// <summary>From one CRL to the next update it promises.</summary>
    public TimeSpan CrlPeriod { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Make CRLs more often than they promise; zero: no.</summary>
    public TimeSpan CrlIssueInterval { get; init; }

    /// <summary>How long before the next update the next CRL is made.</summary>
    public TimeSpan CrlOverlap { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Make a CRL with every revocation.</summary>
    public bool GenerateCrlUponRevocation { get; init; }

    /// <summary>Default CRL distribution points.</summary>
    public IReadOnlyList<string> CrlDistributionPoints { get; init; } = [];

    /// <summary>Default OCSP responder.</summary>
    public string? OcspLocator { get; init; }

    /// <summary>Where this CA's certificate is.</summary>
    public IReadOnlyList<string> CaIssuers { get; init; } = [];

    /// <summary>CN first in encoded names.</summary>
    public bool UseLdapDnOrder { get; init; } = true;

    /// <summary>PrintableString wherever it fits.</summary>
    public bool UsePrintableString { get; init; }

    /// <summary>A user whose last allowed request was used becomes GENERATED.</summary>
    public bool FinishUser { get; init; } = true;

    /// <summary>A public key belongs to one user.</summary>
    public bool EnforceUniquePublicKeys { get; init; } = true;

    /// <summary>A subject name belongs to one user.</summary>
    public bool EnforceUniqueDistinguishedName { get; init; } = true;

    /// <summary>A serialNumber attribute of subjects belongs to one user.</summary>
    public bool EnforceUniqueSubjectSerialNumber { get; init; }

    /// <summary>
    /// Key in the CA's token that users' private keys are encrypted to; made when it is first needed. Under another
    /// alias new keys go to a new one, and old keys still open with theirs.
    /// </summary>
    public string KeyEncryptionAlias { get; init; } = "keyEncryptKey";

    /// <summary>Octets of serial numbers, 8 to 20.</summary>
    public int SerialNumberOctets { get; init; } = 16;

    /// <summary>The first rule that is broken, null when all is well.</summary>
    internal Refusal? Check()
    {
        if (CrlPeriod <= TimeSpan.Zero)
        {
            return Broken("crlPeriod must be positive.");
        }

        if (CrlIssueInterval < TimeSpan.Zero || CrlIssueInterval >= CrlPeriod)
        {
            return Broken("crlIssueInterval must be zero or shorter than crlPeriod.");
        }

        if (CrlOverlap < TimeSpan.Zero || CrlOverlap >= CrlPeriod)
        {
            return Broken("crlOverlap must be at least zero and shorter than crlPeriod.");
        }

        if (SerialNumberOctets is < 8 or > 20)
        {
            return Broken("serialNumberOctets must be 8 to 20.");
        }

        if (!ProfileRules.IsName(KeyEncryptionAlias))
        {
            return Broken("keyEncryptionAlias is no name of a key.");
        }

        string? uri = CrlDistributionPoints.Concat(CaIssuers).Append(OcspLocator).FirstOrDefault(u => u is not null && !ProfileRules.IsUri(u));
        return uri is null ? null : Broken($"'{uri}' is no URI.");
    }

    private static Refusal Broken(string detail) => new(RefusalCode.PolicyViolation, detail);
}
