using Ca.Core.Issuance;
using Ca.Core.Roles;

namespace Ca.Core.Recovery;

/// <summary>Asks for the key of one certificate.</summary>
public sealed record RecoveryOrder
{
    /// <summary>Who asks.</summary>
    public required Actor Actor { get; init; }

    /// <summary>Whose certificate it is said to be; it must be.</summary>
    public required string Username { get; init; }

    /// <summary>DN of the CA that issued the certificate.</summary>
    public required string IssuerDn { get; init; }

    /// <summary>Hex, however written.</summary>
    public required string Serial { get; init; }

    /// <summary>The new certificate for the old key; its key is <see cref="RequestedKey.MadeHere"/>. Null: the old certificate does.</summary>
    public IssuanceRequest? NewCertificate { get; init; }
}
