namespace Pki.PrivateServers;

/// <summary>How to run a private MariaDB server.</summary>
public sealed record PrivateMariaDbOptions
{
    /// <summary>The folder for its data and its log. An existing database there is resumed.</summary>
    public required string Directory { get; init; }

    /// <summary>
    /// For tests: nothing is forced to disk, and the folder (which must be new or empty) is removed when this process
    /// ends. Off by default: a crash must not lose what was committed.
    /// </summary>
    public bool ThrowAway { get; init; }

    /// <summary>The TCP port on 127.0.0.1; 0 for any free one.</summary>
    public int Port { get; init; }

    /// <summary>The most connections at a time.</summary>
    public int MaxConnections { get; init; } = 200;

    /// <summary>How long the start may take, recovery after a crash included.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(1);
}
