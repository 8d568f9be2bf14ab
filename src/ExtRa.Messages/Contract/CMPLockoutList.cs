namespace ExtRa.Messages.Contract;

/// <summary>
/// Senders that the CA does not listen to for a while, because they have shown too many wrong secrets (CMP-M-8): so that a
/// proxy can keep most of what they send away from the CA (CMP-P-7).
/// </summary>
public sealed record CMPLockoutList : Notice
{
    /// <summary>Its name in the table <c>publication</c>.</summary>
    public const string PublicationName = "cmp/lockouts";

    /// <summary>Most entries; whoever is not among them reaches the CA and is refused there.</summary>
    public const int MaxEntries = 1000;

    /// <summary>The senders, those that are locked out longest first.</summary>
    public required IReadOnlyList<CMPLockout> Lockouts { get; init; }
}

/// <summary>One sender at one alias.</summary>
public sealed record CMPLockout
{
    /// <summary>The alias.</summary>
    public required string Alias { get; init; }

    /// <summary>SHA-256 of whom the sender claims to be, 32 octets (<see cref="Pki.Protocols.Cmp.MacSender"/>).</summary>
    public required byte[] Sender { get; init; }

    /// <summary>Until when.</summary>
    public required DateTimeOffset Until { get; init; }
}
