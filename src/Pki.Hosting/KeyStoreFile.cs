using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Hosting;

/// <summary>Loads a keystore at start, or says exactly what is wrong with it.</summary>
public static class KeyStoreFile
{
    /// <summary>Loads the keystore.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="key">The configuration key that holds the options, for messages.</param>
    /// <param name="warn">Receives what is not good but no reason to stop.</param>
    /// <exception cref="KeyStoreException">It cannot be loaded; the message names the key and the cure, never the password.</exception>
    public static KeyStore Load(KeyStoreOptions options, string key, Action<string> warn)
    {
        if (options.IsAbsent)
        {
            throw new KeyStoreException($"{key}:Path is not set.");
        }

        using Secret password = ReadPassword(options, key);
        using Secret legacyDefault = Secret.FromText(LegacyDefaults.Password);
        if (password.EqualsInConstantTime(legacyDefault))
        {
            if (!options.AllowDefaultPassword)
            {
                throw new KeyStoreException(
                    $"{key}: the keystore still has the default password of the legacy product. Change it, or set {key}:AllowDefaultPassword.");
            }

            warn($"{key}: the default password of the legacy product is in use.");
        }

        string path = Path.GetFullPath(options.Path!);
        if (!File.Exists(path))
        {
            throw new KeyStoreException($"{key}:Path names '{path}', which does not exist.");
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & UnixFileMode.OtherRead) != UnixFileMode.None)
        {
            warn($"{key}: '{path}' can be read by everybody on this machine. chmod 600 it.");
        }

        return Pkcs12.Load(File.ReadAllBytes(path), password).Succeeded(out KeyStore? keyStore, out Refusal? refusal)
            ? keyStore
            : throw new KeyStoreException($"{key}: '{path}' does not open: {refusal.Detail}");
    }

    private static Secret ReadPassword(KeyStoreOptions options, string key)
    {
        if (options.PasswordFile is { Length: > 0 } file)
        {
            return File.Exists(file)
                ? Secret.FromText(File.ReadLines(file).FirstOrDefault() ?? "")
                : throw new KeyStoreException($"{key}:PasswordFile names '{file}', which does not exist.");
        }

        if (options.PasswordVariable is { Length: > 0 } variable)
        {
            return Secret.FromText(Environment.GetEnvironmentVariable(variable)
                ?? throw new KeyStoreException($"{key}:PasswordVariable names '{variable}', which is not set."));
        }

        throw new KeyStoreException($"{key} has neither PasswordFile nor PasswordVariable.");
    }
}

/// <summary>A keystore that cannot be used.</summary>
public sealed class KeyStoreException(string message) : Exception(message);
