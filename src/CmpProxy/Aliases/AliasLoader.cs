using CmpProxy.Backends;
using CmpProxy.Configuration;
using CmpProxy.Gate;
using CmpProxy.Notices;
using ExtRa.Messages.Contract;
using Microsoft.Extensions.Options;
using Pki.Hosting;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace CmpProxy.Aliases;

/// <summary>Makes the aliases of the configuration ready for work. Runs once, at start; what is wrong stops the start.</summary>
internal sealed class AliasLoader(IOptions<CmpProxyOptions> options, BackendFactory backends, NoticeMemory<CMPAliasList> published, TimeProvider clock, ILogger<AliasLoader> log)
{
    private readonly List<TrustFiles> files = [];

    /// <summary>Loads all aliases, and the files their gates watch.</summary>
    /// <exception cref="KeyStoreException">A secret or certificate cannot be used; the message names the configuration key.</exception>
    public (AliasBook Aliases, GateFiles Files) Load()
    {
        var aliases = options.Value.Aliases.ToDictionary(alias => alias.Key, alias => Load(alias.Key, alias.Value), StringComparer.Ordinal);
        foreach (string text in Loosenings.Of(options.Value))
        {
            log.ConfigurationWarning(text);
        }

        return (new(aliases, options.Value, published), new(files));
    }

    private CmpAlias Load(string name, AliasOptions alias)
    {
        string key = $"{CmpProxyOptions.Section}:Aliases:{name}:Gate";
        log.AliasServed(name, alias.Upstream?.Url ?? "the message database", Describe(alias.Gate));
        return new(
            name,
            alias,
            new MessageScreening(alias),
            new ProtectionGate(
                alias.Gate.RequireMac ? new MacGate([.. alias.Gate.MacKeys.Select((entry, i) => Load(entry, $"{key}:MacKeys:{i}:SecretFile"))], MessageScreening.LimitsOf(alias)) : null,
                alias.Gate.RequireSignature ? new SignatureGate(Watch(alias.Gate, key), alias.Gate.RequireCrl, alias.Gate.AllowSha1, clock) : null),
            backends.For(alias));
    }

    private TrustFiles Watch(GateOptions gate, string key)
    {
        var trust = new TrustFiles(gate, key);
        files.Add(trust);
        return trust;
    }

#pragma warning disable CA2000 // the secret lives as long as the gate, and that as long as the process
    private static GateSecret Load(MacKeyOptions entry, string key)
    {
        string path = Path.GetFullPath(entry.SecretFile!);
        string? line = File.Exists(path) ? File.ReadLines(path).FirstOrDefault() : throw new KeyStoreException($"{key} names '{path}', which does not exist.");
        return string.IsNullOrEmpty(line)
            ? throw new KeyStoreException($"{key}: the secret is empty.")
            : new(entry.KeyId, entry.Ca is { Length: > 0 } ca ? DistinguishedName.Parse(ca).OrThrow() : null, Secret.FromText(line));
    }
#pragma warning restore CA2000

    private static string Describe(GateOptions gate) => (gate.RequireMac, gate.RequireSignature) switch
    {
        (true, true) => "a MAC or a signature",
        (true, false) => "a MAC",
        (false, true) => "a signature",
        _ => "nothing",
    };
}
