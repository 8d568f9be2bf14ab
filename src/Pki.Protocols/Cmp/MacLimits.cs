namespace Pki.Protocols.Cmp;

/// <summary>
/// What the parameters of a MAC may be. Checked before any hash is computed: anybody can write them into a message, and
/// each iteration costs us and not him (CMP-S-4; CVE-2026-59647, CVE-2026-63568).
/// </summary>
public sealed record MacLimits
{
    /// <summary>The defaults.</summary>
    public static MacLimits Default { get; } = new();

    /// <summary>PasswordBasedMac: fewest iterations. OpenSSL takes no fewer either.</summary>
    public int MinPbmIterations { get; init; } = 100;

    /// <summary>PasswordBasedMac: most iterations; OpenSSL's limit, some 0.4 s here. Clients use 500 to 10 240.</summary>
    public int MaxPbmIterations { get; init; } = 100_000;

    /// <summary>PBMAC1: fewest iterations of PBKDF2.</summary>
    public int MinPbkdf2Iterations { get; init; } = 1_000;

    /// <summary>PBMAC1: most iterations of PBKDF2.</summary>
    public int MaxPbkdf2Iterations { get; init; } = 1_000_000;

    /// <summary>Octets of the shortest salt (CMP-S-5).</summary>
    public int MinSaltLength { get; init; } = 8;

    /// <summary>Octets of the longest salt.</summary>
    public int MaxSaltLength { get; init; } = 128;

    /// <summary>PBMAC1: octets of the shortest key (RFC 9579 §5 names 20; 16 is the least anybody uses).</summary>
    public int MinKeyLength { get; init; } = 16;

    /// <summary>PBMAC1: octets of the longest key, twice the longest digest.</summary>
    public int MaxKeyLength { get; init; } = 128;

    /// <summary>PasswordBasedMac: SHA-1 as the one-way function. The MAC may be HMAC-SHA1 all the same: OpenSSL's default.</summary>
    public bool AllowSha1OneWayFunction { get; init; }
}
