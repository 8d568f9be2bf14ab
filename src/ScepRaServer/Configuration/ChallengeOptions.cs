namespace ScepRaServer.Configuration;

/// <summary>What a first enrolment must show beside a key (RFC 8894 §7.3).</summary>
internal sealed class ChallengeOptions
{
    /// <summary>Which kind of challenge.</summary>
    public ChallengeMode Mode { get; set; } = ChallengeMode.None;

    /// <summary>File whose first line is the secret of mode Static.</summary>
    public string? SecretFile { get; set; }

    /// <summary>Environment variable with the secret of mode Static.</summary>
    public string? SecretVariable { get; set; }

    /// <summary>File whose first line is, in hex, the key that one-time challenges are stored under; 32 bytes or more.</summary>
    public string? MacKeyFile { get; set; }
}

/// <summary>Kinds of challenge.</summary>
internal enum ChallengeMode
{
    /// <summary>Any or none is accepted; the CA's approval decides, or nothing does.</summary>
    None,

    /// <summary>One secret for all devices.</summary>
    Static,

    /// <summary>One for each device, good for one request.</summary>
    OneTime,
}
