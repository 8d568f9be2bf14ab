using System.Text.Json.Nodes;
using Pki.Protocols.Trust;

namespace Pki.Migration.Settings;

/// <summary>A message database named by three legacy keys; the password goes into the host's environment.</summary>
internal sealed class Databases(SettingsOptions options, Output output)
{
    /// <summary>Translates the three keys and reports them.</summary>
    /// <param name="keys">The file.</param>
    /// <param name="prefix">What stands before jdbc-url, username and password.</param>
    /// <param name="host">Whose environment gets the password.</param>
    /// <param name="section">The configuration section of the database.</param>
    public JsonObject Translate(LegacyKeys keys, string prefix, string host, string section)
    {
        (string url, string username, string password) = (prefix + "jdbc-url", prefix + "username", prefix + "password");
        if (keys.Value(url) is not { } text)
        {
            keys.Attention(url, $"Nothing names the message database: set {section}:Dialect and {section}:ConnectionString.");
            return Missing();
        }

        if (!JdbcUrl.Translate(text, keys.Value(username), options.AllowUnverifiedDatabase).Succeeded(out JdbcUrl? database, out Refusal? refusal))
        {
            keys.Attention(url, $"{refusal.Detail} Set {section}:Dialect and {section}:ConnectionString.");
            keys.Attention(username, "See the URL.");
            keys.Attention(password, "See the URL.");
            return Missing();
        }

        keys.Report(url, database.Notes.Count == 0 ? SettingFate.TakenOver : SettingFate.Changed, string.Join(' ', database.Notes.Prepend($"{section}:ConnectionString.")));
        keys.TakenOver(username, $"{section}:ConnectionString.");
        if (keys.Value(password) is { } secret)
        {
            output.Variable(host, section + ":ConnectionString", database.WithPassword(secret));
            keys.Changed(password, $"Kept apart: secrets/{host}.env sets {section}:ConnectionString with the password. Let the host start with it (systemd: EnvironmentFile=).");
        }

        var setting = new JsonObject { ["Dialect"] = database.Dialect, ["ConnectionString"] = database.ConnectionString };
        if (options.AllowUnverifiedDatabase && database.Dialect == "MariaDb")
        {
            setting["AllowUnverifiedServer"] = true;
        }

        return setting;
    }

    // An empty connection string ends the start of every host with a message that names the key.
    private static JsonObject Missing() => new() { ["Dialect"] = "PostgreSql", ["ConnectionString"] = "" };
}
