using System.Data.Common;
using System.Globalization;
using System.Net;
using Pki.Protocols.Trust;

namespace Pki.Migration.Settings;

/// <summary>
/// A JDBC URL as the connection string of our drivers (MIGRATION §6.1): jdbc:mysql and jdbc:mariadb for MySql.Data,
/// jdbc:postgresql for Npgsql. The password is kept apart.
/// </summary>
/// <param name="Dialect">PostgreSql or MariaDb, as the configuration names it.</param>
/// <param name="ConnectionString">Without the password.</param>
/// <param name="Notes">What is different from before, and why.</param>
internal sealed record JdbcUrl(string Dialect, string ConnectionString, IReadOnlyList<string> Notes)
{
    private const string Verify = "VerifyFull";

    public static Outcome<JdbcUrl> Translate(string url, string? username, bool allowUnverified)
    {
        if (!url.StartsWith("jdbc:", StringComparison.Ordinal))
        {
            return new Refusal(RefusalCode.Malformed, "It is no JDBC URL.");
        }

        string kind = url["jdbc:".Length..].Split(':', 2)[0];
        bool mariaDb = kind is "mysql" or "mariadb";
        if (!mariaDb && kind != "postgresql")
        {
            return new Refusal(RefusalCode.UnsupportedAlgorithm, $"'{kind}' is no engine of the message database: there are PostgreSQL and MariaDB or MySQL.");
        }

        if (!Uri.TryCreate(url["jdbc:".Length..], UriKind.Absolute, out Uri? uri) || uri.Host.Length == 0 || uri.UserInfo.Length > 0)
        {
            return new Refusal(RefusalCode.Malformed, $"It has not the form jdbc:{kind}://host:port/database, with one host and without user information.");
        }

        string database = Uri.UnescapeDataString(uri.AbsolutePath.Trim('/'));
        if (database.Length == 0)
        {
            return new Refusal(RefusalCode.Malformed, "It names no database.");
        }

        var parts = new DbConnectionStringBuilder { [mariaDb ? "Server" : "Host"] = uri.Host.Trim('[', ']') };
        if (uri.Port > 0)
        {
            parts["Port"] = uri.Port.ToString(CultureInfo.InvariantCulture);
        }

        parts["Database"] = database;
        if (username is not null)
        {
            parts[mariaDb ? "User ID" : "Username"] = username;
        }

        List<string> notes = [];
        Dictionary<string, string> options = Options(uri.Query);
        if (mariaDb)
        {
            parts["SslMode"] = Believed(MariaDbTls(options), uri.Host, allowUnverified, notes) ?? "Preferred";
        }
        else
        {
            PostgreSqlOptions(options, parts, uri.Host, allowUnverified, notes);
        }

        notes.AddRange(options.Keys.Select(option => $"The option {option} of the URL is left out."));
        return new JdbcUrl(mariaDb ? "MariaDb" : "PostgreSql", parts.ConnectionString, notes);
    }

    /// <summary>The same connection string with a password.</summary>
    public string WithPassword(string password) => new DbConnectionStringBuilder { ConnectionString = ConnectionString, ["Password"] = password }.ConnectionString;

    private static Dictionary<string, string> Options(string query) => query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(option => option.Split('=', 2)).GroupBy(pair => pair[0], StringComparer.OrdinalIgnoreCase)
        .ToDictionary(pairs => pairs.Key, pairs => Uri.UnescapeDataString(pairs.Last().ElementAtOrDefault(1) ?? ""), StringComparer.OrdinalIgnoreCase);

    // A server on another host is believed only with its certificate: the password goes to it, and what it says is imported.
    private static string? Believed(string? wanted, string host, bool allowUnverified, List<string> notes)
    {
        bool local = host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));
        if (local || allowUnverified || wanted?.StartsWith("Verify", StringComparison.Ordinal) == true)
        {
            return wanted;
        }

        notes.Add($"SslMode is {Verify}, because the server is on another host: give it a certificate that this machine believes.");
        return Verify;
    }

    private static string? MariaDbTls(Dictionary<string, string> options)
    {
        options.Remove("sslMode", out string? mode);
        options.Remove("useSSL", out string? use);
        options.Remove("requireSSL", out string? require);
        options.Remove("verifyServerCertificate", out string? verify);
        return (mode?.ToUpperInvariant(), IsTrue(verify), IsTrue(require) || IsTrue(use)) switch
        {
            ("VERIFY_IDENTITY" or "VERIFY-FULL", _, _) => Verify,
            ("VERIFY_CA" or "VERIFY-CA", _, _) or (_, true, _) => "VerifyCA",
            ("REQUIRED" or "TRUST", _, _) or (_, _, true) => "Required",
            _ => null,
        };
    }

    private static void PostgreSqlOptions(Dictionary<string, string> options, DbConnectionStringBuilder parts, string host, bool allowUnverified, List<string> notes)
    {
        options.Remove("sslmode", out string? mode);
        options.Remove("ssl", out string? ssl);
        string? wanted = mode?.ToLowerInvariant() switch
        {
            "verify-full" => Verify,
            "verify-ca" => "VerifyCA",
            "require" => "Require",
            "disable" => "Disable",
            _ => IsTrue(ssl) || ssl is { Length: 0 } ? Verify : null, // ssl=true verifies in the JDBC driver
        };
        if (Believed(wanted, host, allowUnverified, notes) is { } believed)
        {
            parts["SSL Mode"] = believed;
        }

        if (options.Remove("currentSchema", out string? schema))
        {
            parts["Search Path"] = schema;
        }
    }

    private static bool IsTrue(string? text) => string.Equals(text, "true", StringComparison.OrdinalIgnoreCase);
}
