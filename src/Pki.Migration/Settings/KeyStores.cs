using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Migration.Settings;

/// <summary>
/// Legacy keystores become PKCS#12 files with AES-256 and a new random password (MIGRATION §6.5). RC2 and 3DES are
/// read; the default password of the legacy product is refused unless an option says otherwise (EXTERNAL_RA.md X-06).
/// </summary>
internal sealed class KeyStores(SettingsOptions options, Func<string, byte[]?> read, Output output)
{
    private const int PasswordOctets = 24;

    /// <summary>Converts a keystore and reports its two keys.</summary>
    /// <returns>Its certificate; null when it could not be converted, and then the configuration names a file that is still to be made.</returns>
    public KeyStoreEntry Convert(LegacyKeys keys, string pathKey, string passwordKey, string name, bool isWorker = false)
    {
        string path = keys.Value(pathKey) ?? "";
        Outcome<KeyStore> opened = Open(keys, path, keys.Value(passwordKey) ?? LegacyDefaults.Password);
        if (!opened.Succeeded(out KeyStore? store, out Refusal? refusal))
        {
            keys.Attention(pathKey, $"{refusal.Detail} The configuration names keystores/{name}.p12: put one there (pki keystore issue), its password into secrets/{name}.password.");
            keys.NotNeeded(passwordKey, "See the keystore.");
            return new(Names(name), null);
        }

        using (store)
        {
            string password = System.Convert.ToBase64String(RandomNumberGenerator.GetBytes(PasswordOctets)).Replace('+', '-').Replace('/', '_');
            using Secret secret = Secret.FromText(password);
            output.KeyStore(name, Pkcs12.Save(store, secret, name));
            output.Secret(name + ".password", password);
            if (isWorker)
            {
                output.WorkerCertificates.Add(output.Certificates(name, [store.Certificate]));
            }

            keys.Changed(pathKey, $"Converted to keystores/{name}.p12 (AES-256), certificate {store.Certificate.Serial} of '{store.Certificate.Subject}', valid until {store.Certificate.NotAfter:yyyy-MM-dd}.");
            keys.Changed(passwordKey, keys.Value(passwordKey) is null or LegacyDefaults.Password
                ? $"A new random password is in secrets/{name}.password. The old one was the default that everybody knows: have the key replaced."
                : $"A new random password is in secrets/{name}.password.");
            return new(Names(name), store.Certificate);
        }
    }

    /// <summary>How the configuration names a keystore, whether it is there yet or not.</summary>
    public JsonObject Names(string name) => new()
    {
        ["Path"] = output.Absolute($"keystores/{name}.p12"),
        ["PasswordFile"] = output.Absolute($"secrets/{name}.password"),
    };

    /// <summary>The certificates in a legacy PEM file; empty when it is not there.</summary>
    public IReadOnlyList<Certificate> ReadCertificates(LegacyKeys keys, string path) => Find(keys, path) is { } pem
        ? [.. Certificate.AllFromPem(System.Text.Encoding.Latin1.GetString(pem)).Where(c => c.Succeeded(out _, out _)).Select(c => c.OrThrow())]
        : [];

    private Outcome<KeyStore> Open(LegacyKeys keys, string path, string password)
    {
        if (path.Length == 0 || Find(keys, path) is not { } content)
        {
            return new Refusal(RefusalCode.NotFound, $"The keystore '{path}' was not found, neither there nor beside the file that names it.");
        }

        if (password == LegacyDefaults.Password && !options.AllowDefaultPassword)
        {
            return new Refusal(RefusalCode.PolicyViolation, $"The keystore '{path}' has the default password of the legacy product, so its key may be anybody's; --allow-default-password takes it over nevertheless.");
        }

        if (content is [0xFE, 0xED, 0xFE, 0xED, ..])
        {
            return new Refusal(RefusalCode.UnsupportedAlgorithm, $"The keystore '{path}' is a JKS: make a PKCS#12 of it with keytool -importkeystore -deststoretype PKCS12.");
        }

        using Secret secret = Secret.FromText(password);
        return Pkcs12.Load(content, secret);
    }

    // Another machine's absolute path means nothing here: the file is then looked for beside the one that names it.
    private byte[]? Find(LegacyKeys keys, string path) =>
        read(Path.Combine(keys.File.Folder, path)) ?? read(Path.Combine(keys.File.Folder, Path.GetFileName(path)));
}

/// <summary>A keystore in the new configuration.</summary>
/// <param name="Setting">How the configuration names it.</param>
/// <param name="Certificate">Its certificate; null while it is still to be made.</param>
internal sealed record KeyStoreEntry(JsonObject Setting, Certificate? Certificate);
