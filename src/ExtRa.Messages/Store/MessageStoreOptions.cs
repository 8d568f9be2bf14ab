namespace ExtRa.Messages.Store;

/// <summary>Which database holds the messages.</summary>
public enum MessageDialect
{
    /// <summary>PostgreSQL, or what speaks its protocol and SQL.</summary>
    PostgreSql,

    /// <summary>MariaDB 10.6 or newer.</summary>
    MariaDb,
}

/// <summary>Where the text of a legacy document is kept (WIRE.md 1.3).</summary>
public enum LegacyText
{
    /// <summary>In the row: for programs of version 4, and on MariaDB.</summary>
    Inline,

    /// <summary>In a large object whose number is in the row: for programs of version 6 on PostgreSQL.</summary>
    LargeObject,
}

/// <summary>How to reach the message database. A class, not a record: it must never print itself with its password.</summary>
public sealed class MessageStoreOptions
{
    /// <summary>Which database it is.</summary>
    public MessageDialect Dialect { get; set; }

    /// <summary>Connection string for Npgsql or MySql.Data.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>With a doorbell, how often waiters look nevertheless: what a lost ring costs. Without one, polling adapts (5 to 250 ms).</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether to LISTEN for notifications. Off for poolers in transaction mode and for engines without them; MariaDB has none.</summary>
    public bool UseDoorbell { get; set; } = true;

    /// <summary>The most requests that share one commit.</summary>
    public int LargestBatch { get; set; } = 64;

    /// <summary>MariaDB: the most connections, and so the most threads that wait for it.</summary>
    public int MaxConnections { get; set; } = 16;

    /// <summary>PostgreSQL: where legacy documents that we write are kept. Both forms are read, and an answer is kept as its request was.</summary>
    public LegacyText LegacyText { get; set; } = LegacyText.Inline;

    /// <summary>How long one statement or one attempt to connect may take.</summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// MariaDB: accept a server on another host whose certificate is not verified. Whoever is on the way can then read
    /// the password and act as the server; messages stay protected by their own signature and encryption.
    /// </summary>
    public bool AllowUnverifiedServer { get; set; }
}
