using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pki.Protocols.X509;

namespace Pki.Migration.Settings;

/// <summary>What is to be written: configuration, and apart from it what only its owner may read.</summary>
internal sealed class Output(string folder)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Dictionary<string, SettingsFile> files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<string, string>> environments = new(StringComparer.Ordinal);

    /// <summary>Certificates of converted worker keystores, whom front ends encrypt to.</summary>
    public List<string> WorkerCertificates { get; } = [];

    public IReadOnlyList<SettingsFile> Files => [.. files.Values, .. environments.Select(Environment)];

    public string Absolute(string path) => Path.Combine(folder, path);

    public void Json(string path, JsonObject content) => Add(path, Encoding.UTF8.GetBytes(content.ToJsonString(Indented) + "\n"), isSecret: false);

    /// <summary>A file whose only line is a secret.</summary>
    /// <returns>Its absolute path.</returns>
    public string Secret(string name, string secret) => Add($"secrets/{name}", Encoding.UTF8.GetBytes(secret + "\n"), isSecret: true);

    public string KeyStore(string name, byte[] content) => Add($"keystores/{name}.p12", content, isSecret: true);

    public string Certificates(string name, IEnumerable<Certificate> certificates) =>
        Add($"certs/{name}.pem", Encoding.ASCII.GetBytes(string.Concat(certificates.Select(c => c.ToPem()))), isSecret: false);

    /// <summary>A setting of a host that holds a secret: it goes into the host's environment, which overrides its file.</summary>
    public void Variable(string host, string key, string value)
    {
        if (!environments.TryGetValue(host, out SortedDictionary<string, string>? variables))
        {
            environments.Add(host, variables = new(StringComparer.Ordinal));
        }

        variables["PKI__" + key.Replace(":", "__", StringComparison.Ordinal)] = value;
    }

    private string Add(string path, byte[] content, bool isSecret)
    {
        files[path] = new(path, content, isSecret);
        return Absolute(path);
    }

    /// <summary>As systemd's EnvironmentFile and a shell both read it.</summary>
    private static SettingsFile Environment(KeyValuePair<string, SortedDictionary<string, string>> host)
    {
        string text = string.Concat(host.Value.Select(variable => $"{variable.Key}=\"{Quoted(variable.Value)}\"\n"));
        return new($"secrets/{host.Key}.env", Encoding.UTF8.GetBytes(text), IsSecret: true);
    }

    private static string Quoted(string value) =>
        string.Concat(value.Select(c => c is '"' or '\\' or '$' or '`' ? $"\\{c}" : c.ToString()));
}
