using System.Security.Cryptography;
using ExtRa.Messages.Client;
using ExtRa.Messages.Store;
using Microsoft.Extensions.Options;
using Pki.Hosting;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using ScepRaServer.Configuration;
using ScepRaServer.Policies;
using ScepRaServer.Publications;

namespace ScepRaServer.Aliases;

/// <summary>Makes the aliases of the configuration ready for work. Runs once, at start; what is wrong stops the start.</summary>
internal sealed class AliasLoader(
    IOptions<ScepRaOptions> options, IChallengeStore challenges, PublishedCrls crls, TimeProvider clock, ILogger<AliasLoader> log)
{
    private readonly SourceBudget challengeBudget = new(options.Value.Limits.ChallengeBurst, options.Value.Limits.ChallengesPerMinute, clock);

    /// <summary>Loads all aliases.</summary>
    /// <exception cref="KeyStoreException">A key or secret cannot be used; the message names the configuration key.</exception>
    public AliasBook Load()
    {
        List<ScepAlias> aliases = [.. options.Value.Aliases.Select(alias => Load(alias.Key, alias.Value))];
        foreach (string text in Loosenings.Of(options.Value))
        {
            log.ConfigurationWarning(text);
        }

        string fallback = options.Value.DefaultAlias ?? aliases[0].Name;
        return new(aliases, aliases.Find(alias => alias.Name.Equals(fallback, StringComparison.OrdinalIgnoreCase))!);
    }

    private ScepAlias Load(string name, AliasOptions alias)
    {
        string key = $"{ScepRaOptions.Section}:Aliases:{name}";
        var loader = new RaKeyLoader(clock, log.ConfigurationWarning);
        Certificate? authority = alias.CaCertificate is { Length: > 0 } path ? CertificateFile.Load(path, key + ":CaCertificate") : null;
        List<RaKey> raKeys = [.. alias.RaKeyStores.Select((store, i) => loader.Load(store, $"{key}:RaKeyStores:{i}", authority))];
        foreach (Certificate ra in raKeys.SelectMany(raKey => raKey.Certificates))
        {
            Announce(name, alias, "RA", ra);
        }

        foreach (Certificate ca in raKeys[0].Chain)
        {
            Announce(name, alias, "CA", ca);
        }

        return new(name, alias, raKeys, MakeGate(name, alias.Challenge, key + ":Challenge"), crls, clock);
    }

    // G-12: operators compare these with what the device shows.
    private void Announce(string name, AliasOptions alias, string role, Certificate certificate) =>
        log.CertificateInUse(
            name,
            alias.CaName!,
            role,
            certificate.Subject.ToString(),
            certificate.NotAfter,
            Convert.ToHexString(certificate.Sha256Fingerprint()),
            Convert.ToHexString(certificate.Sha1Fingerprint()),
            Convert.ToHexString(MD5.HashData(certificate.Encoded.Span)));

#pragma warning disable CA2000 // the secret lives as long as the gate, and that as long as the process
    private ChallengeGate MakeGate(string name, ChallengeOptions challenge, string key) =>
        new(name, challenge.Mode, LoadSecret(challenge, key), challenges, challengeBudget, log);
#pragma warning restore CA2000

    private static Secret? LoadSecret(ChallengeOptions challenge, string key) => challenge.Mode switch
    {
        ChallengeMode.Static => NotEmpty(challenge.SecretFile is { Length: > 0 } file
            ? FirstLine(file, key + ":SecretFile")
            : Environment.GetEnvironmentVariable(challenge.SecretVariable!), key),
        ChallengeMode.OneTime => MacKey(FirstLine(challenge.MacKeyFile!, key + ":MacKeyFile"), key + ":MacKeyFile"),
        _ => null,
    };

    private static string? FirstLine(string path, string key) =>
        File.Exists(path) ? File.ReadLines(path).FirstOrDefault() : throw new KeyStoreException($"{key} names '{Path.GetFullPath(path)}', which does not exist.");

    private static Secret NotEmpty(string? text, string key) =>
        string.IsNullOrEmpty(text) ? throw new KeyStoreException($"{key}: the secret is empty.") : Secret.FromText(text);

    private static Secret MacKey(string? hex, string key)
    {
        try
        {
            byte[] bytes = Convert.FromHexString(hex?.Trim() ?? "");
            return bytes.Length >= ChallengeMac.MinKeyBytes
                ? new Secret(bytes)
                : throw new KeyStoreException($"{key}: the key has {bytes.Length} bytes, {ChallengeMac.MinKeyBytes} or more are needed.");
        }
        catch (FormatException)
        {
            throw new KeyStoreException($"{key}: the key is not hexadecimal.");
        }
    }
}
