using System.Text.Json.Serialization;

namespace Ca.Core.Profiles;

/// <summary>Which end entities may be registered under it (CA_CORE §6).</summary>
public sealed record EndEntityProfile
{
    /// <summary>Below 1000: fixed, cannot be changed.</summary>
    [JsonIgnore]
    public int Id { get; init; }

    /// <summary>Unique name.</summary>
    [JsonIgnore]
    public string Name { get; init; } = "";

    /// <summary>Any number of any known field is allowed; the lists below only add what is required.</summary>
    public bool AnyFields { get; init; }

    /// <summary>Subject DN fields: CN, OU, O, C, SN …; a type may repeat.</summary>
    public IReadOnlyList<ProfileField> SubjectFields { get; init; } = [new() { Type = "CN", Required = true }];

    /// <summary>SAN fields by their text names: dNSName, iPAddress, rfc822Name …</summary>
    public IReadOnlyList<ProfileField> AltNameFields { get; init; } = [];

    /// <summary>The core invents the username; a given one is not used.</summary>
    public bool AutoGenerateUsername { get; init; }

    /// <summary>Secrets for enrolling with user name and password.</summary>
    public PasswordRules Password { get; init; } = new();

    /// <summary>E-mail address of the user.</summary>
    public EmailRules Email { get; init; } = new();

    /// <summary>Certificate profiles by name; empty: all for end entities.</summary>
    public IReadOnlyList<string> CertificateProfiles { get; init; } = [];

    /// <summary>Used where none is given.</summary>
    public string DefaultCertificateProfile { get; init; } = "ENDUSER";

    /// <summary>CAs by name; empty: all.</summary>
    public IReadOnlyList<string> Cas { get; init; } = [];

    /// <summary>Used where none is given.</summary>
    public string? DefaultCa { get; init; }

    /// <summary>Token types: 1 user generated, 2 P12, 3 JKS, 4 PEM.</summary>
    public IReadOnlyList<int> TokenTypes { get; init; } = [1, 2, 3, 4];

    /// <summary>When the certificate begins.</summary>
    public OptionalValue StartTime { get; init; } = new();

    /// <summary>When the certificate ends.</summary>
    public OptionalValue EndTime { get; init; } = new();

    /// <summary>How many certificates one enrolment may bring, 1 to 5; not used: one.</summary>
    public OptionalValue AllowedRequests { get; init; } = new() { Value = "1" };

    /// <summary>Issue on hold or revoked.</summary>
    public OptionalValue IssuanceRevocationReason { get; init; } = new() { Value = "-1" };

    /// <summary>Wrong secrets until the user can no longer enrol; −1: unlimited.</summary>
    public OptionalValue MaxFailedLogins { get; init; } = new() { Value = "-1" };

    /// <summary>Keys of these users may be recoverable.</summary>
    public bool KeyRecoverable { get; init; }

    /// <summary>A recovered key comes with the certificate it had; otherwise with a new one.</summary>
    public bool ReuseRecoveredCertificate { get; init; }

    /// <summary>Notifications may be sent.</summary>
    public bool SendNotification { get; init; }
}

/// <summary>One field of a name.</summary>
public sealed record ProfileField
{
    /// <summary>Attribute or SAN type.</summary>
    public required string Type { get; init; }

    /// <summary>Default; for a field that is not modifiable the permitted values, separated by <c>;</c>.</summary>
    public string Value { get; init; } = "";

    /// <summary>It must be there and not empty.</summary>
    public bool Required { get; init; }

    /// <summary>Any value may be given.</summary>
    public bool Modifiable { get; init; } = true;

    /// <summary>The whole value must match.</summary>
    public string? Regex { get; init; }
}

/// <summary>Rules for secrets.</summary>
public sealed record PasswordRules
{
    /// <summary>A new user must be given one.</summary>
    public bool Required { get; init; }

    /// <summary>Least strength: length × log2(72), rounded down.</summary>
    public int MinimumBits { get; init; }

    /// <summary>
    /// Secrets are kept so that they open again, encrypted to a key of the CA's token: CMP clients' MACs are verified with
    /// them (CMP-M-2). Otherwise only their hash is kept. Counts for secrets that are set from then on.
    /// </summary>
    public bool Reversible { get; init; }
}

/// <summary>Rules for the e-mail address.</summary>
public sealed record EmailRules
{
    /// <summary>May be given.</summary>
    public bool Use { get; init; } = true;

    /// <summary>Must be given.</summary>
    public bool Required { get; init; }

    /// <summary>When set, addresses must be of this domain.</summary>
    public string? Domain { get; init; }

    /// <summary>The address also goes into the SAN as rfc822Name.</summary>
    public bool AddToSubjectAltName { get; init; }
}

/// <summary>A setting that may be used, required, given or fixed.</summary>
public sealed record OptionalValue
{
    /// <summary>May be given.</summary>
    public bool Use { get; init; }

    /// <summary>Must be given.</summary>
    public bool Required { get; init; }

    /// <summary>Another value than the default may be given.</summary>
    public bool Modifiable { get; init; } = true;

    /// <summary>The default.</summary>
    public string? Value { get; init; }
}
