using Pki.Protocols.Trust;

namespace Pki.Migration.Settings;

/// <summary>A database that is named by a JDBC URL, as our drivers reach it.</summary>
public sealed class JdbcConnection
{
    private readonly JdbcUrl url;

    private JdbcConnection(JdbcUrl url) => this.url = url;

    /// <summary>MariaDB or MySQL; otherwise PostgreSQL.</summary>
    public bool IsMariaDb => url.Dialect == "MariaDb";

    /// <summary>Without a password.</summary>
    public string ConnectionString => url.ConnectionString;

    /// <summary>Translates a URL.</summary>
    public static Outcome<JdbcConnection> Translate(string jdbc, string? username, bool allowUnverified) =>
        JdbcUrl.Translate(jdbc, username, allowUnverified).Succeeded(out JdbcUrl? url, out Refusal? refusal) ? new JdbcConnection(url) : refusal;

    /// <summary>With a password.</summary>
    public string WithPassword(string password) => url.WithPassword(password);
}
