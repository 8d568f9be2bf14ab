namespace Pki.PrivateServers;

/// <summary>How to run a private PostgreSQL server.</summary>
public sealed record PrivatePostgreSqlOptions
{
    /// <summary>The folder for its data and its log. An existing database there is resumed.</summary>
    public required string Directory { get; init; }

    /// <summary>
    /// For tests: nothing is forced to disk, and the folder (which must be new or empty) is removed when this process
    /// ends. Off by default: a crash must not lose what was committed.
    /// </summary>
    public bool ThrowAway { get; init; }

    /// <summary>
    /// A TCP port on 127.0.0.1, 0 for any free one, or null for the Unix socket only. TCP clients need a role with a
    /// password; the socket lies in a folder that only the owner and root may enter and asks for none.
    /// </summary>
    public int? LoopbackPort { get; init; }

    /// <summary>The most connections at a time.</summary>
    public int MaxConnections { get; init; } = 200;

    /// <summary>Further settings, as <c>name=value</c>.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>How long the start may take, recovery after a crash included.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(1);
}
