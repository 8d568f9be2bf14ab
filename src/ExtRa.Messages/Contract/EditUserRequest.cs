using Pki.Protocols.Trust;

namespace ExtRa.Messages.Contract;

/// <summary>
/// Adds an end entity or brings an existing one into line with this request (EXTERNAL_RA.md X-23). Answered by
/// <see cref="ExtRAResponse"/>.
/// </summary>
public sealed record EditUserRequest : UserRequest
{
    /// <summary>The secret to enrol with; null: an existing end entity keeps its own.</summary>
    public Secret? Password { get; init; }

    /// <summary>Where it shall stand afterwards, WIRE.md 7.7: 10 new, 11 failed, 30 in process, 40 generated, 70 key recovery.</summary>
    public int Status { get; init; } = 10;

    /// <summary>Bit mask: 0x01 end user, always set; 0x80 key recoverable; 0x100 send notifications.</summary>
    public int Type { get; init; } = 1;

    /// <summary>What it gets: USERGENERATED, P12, JKS or PEM, in any letter case.</summary>
    public string TokenName { get; init; } = "USERGENERATED";

    /// <summary>Alias of a hard token issuer. Legacy peers send it; hard tokens are not made here.</summary>
    public string? IssuerName { get; init; }

    /// <summary>A revoked end entity may be brought back. Needs a right of its own (FLAWS.md E5).</summary>
    public bool ReactivateUser { get; init; }
}
