
namespace CaServiceWorker;

/// <summary>
/// The documented property names of the legacy worker, accepted beside the native ones in the same section
/// (EXTERNAL_RA.md X-06). Both end in one <see cref="WorkerOptions"/>.
/// </summary>
internal static class LegacyWorkerKeys
{
    private const string Prefix = "externalra-caservice.";

    /// <summary>A worker's section with every legacy name replaced by the native one.</summary>
    /// <exception cref="InvalidOperationException">An unknown legacy name, or a password in the clear.</exception>
    public static IConfiguration ToNative(IConfigurationSection worker)
    {
        var native = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach ((string path, string? value) in worker.AsEnumerable(makePathsRelative: true).Where(pair => pair.Value is not null))
        {
            if (!path.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            {
                native[$"{worker.Path}:{path}"] = value;
                continue;
            }

            foreach ((string key, string? translated) in Translate(worker.Path, path[Prefix.Length..].ToLowerInvariant(), value!.Trim()))
            {
                native[$"{worker.Path}:{key}"] = translated;
            }
        }

        return new ConfigurationBuilder().AddInMemoryCollection(native).Build().GetSection(worker.Path); // messages then name the whole key
    }

    private static IEnumerable<KeyValuePair<string, string?>> Translate(string section, string name, string value) => name switch
    {
        "persistenceunit" => [new(nameof(WorkerOptions.DataSource), value)],
        "encryption.required" => [new(nameof(WorkerOptions.EncryptionRequired), Required(value))],
        "signature.required" => [new(nameof(WorkerOptions.SignatureRequired), Required(value))],
        "keystore.path" => [new("KeyStore:Path", value)],
        "keystore.pwd" => [Password(section, value)],
        "raissuer" => [new(nameof(WorkerOptions.RaIssuer), value)],
        "whitelist" => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select((entry, index) => new KeyValuePair<string, string?>($"{nameof(WorkerOptions.WhiteList)}:{index}", entry)),
        _ => throw new InvalidOperationException($"{section}: '{Prefix}{name}' is not a known worker property."),
    };

    /// <summary>Anything else than the word false counts as true, as documented: an unclear value is never less secure (FLAWS.md C2).</summary>
    private static string Required(string value) => value == "false" ? "false" : "true";

    private static KeyValuePair<string, string?> Password(string section, string value)
    {
        if (value.StartsWith("file:", StringComparison.Ordinal))
        {
            return new("KeyStore:PasswordFile", value["file:".Length..]);
        }

        return value.StartsWith("env:", StringComparison.Ordinal)
            ? new("KeyStore:PasswordVariable", value["env:".Length..])
            : throw new InvalidOperationException(
                $"{section}: '{Prefix}keystore.pwd' must be 'file:PATH' or 'env:NAME'. Passwords are not kept in configuration files.");
    }
}
