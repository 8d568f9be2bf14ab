using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Pki.Protocols.X509;

namespace Pki.Migration.Settings;

/// <summary>cmpProxy.properties, new and old form (MIGRATION §6.4): it becomes the section <c>CmpProxy</c>.</summary>
internal sealed partial class CmpSettings(SettingsOptions options, KeyStores keyStores, Databases databases, Output output)
{
    public const string Prefix = "cmp.backend.";
    private const string Extra = Prefix + "extra.";

    [GeneratedRegex(@"\]\s*\[", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex BetweenEntries { get; }

    public JsonObject Read(LegacyKeys keys, JsonNode? firstSource) =>
        new() { ["CmpProxy"] = keys.Has("proxyPort") || keys.Has("serverPort") ? Forwarder(keys) : Proxy(keys, firstSource) };

    /// <summary>The old form: a plain forwarder to another CMP server (SEMANTICS §6.4).</summary>
    private static JsonObject Forwarder(LegacyKeys keys)
    {
        string address = keys.Value("serverAddress") ?? "127.0.0.1";
        string url = $"http://{address}:{keys.Value("serverPort") ?? "8080"}/ejbca/publicweb/cmp";
        keys.TakenOver("serverAddress", "CmpProxy:Aliases:*:Upstream:Url.");
        keys.TakenOver("serverPort", "CmpProxy:Aliases:*:Upstream:Url, with the path /ejbca/publicweb/cmp that the legacy proxy had built in.");
        keys.Report("serverProtokoll", keys.Value("serverProtokoll")?.Contains("tcp", StringComparison.OrdinalIgnoreCase) == true ? SettingFate.Attention : SettingFate.TakenOver,
            "The new proxy speaks HTTP to the server behind it. Better: give it a message database and the worker instead of this server.");
        keys.Attention("proxyPort", "It was the port of CMP over TCP, which the new proxy does not serve; HTTP clients go to CmpProxy:Listen.");
        keys.NotNeeded("proxyBindAddress", "It was for CMP over TCP.");
        keys.NotNeeded("quickConfigFile", "It configured the TCP server library.");
        return new() { ["Aliases"] = new JsonObject { ["*"] = new JsonObject { ["Upstream"] = new JsonObject { ["Url"] = url } } } };
    }

    private JsonObject Proxy(LegacyKeys keys, JsonNode? firstSource)
    {
        keys.TakenOver(Prefix + "protocol", "The message database is the back end.");
        return new()
        {
            ["Database"] = Database(keys, firstSource),
            ["Link"] = Link(keys),
            ["Aliases"] = new JsonObject { ["*"] = new JsonObject { ["Gate"] = Gate(keys) } },
        };
    }

    private JsonNode Database(LegacyKeys keys, JsonNode? firstSource)
    {
        const string Own = Prefix + "datasource.";
        if (keys.Has(Own + "jdbc-url") || firstSource is null)
        {
            return databases.Translate(keys, Own, "cmpproxy", "CmpProxy:Database");
        }

        keys.Attention("(CMPRAMessageDS)", "The application server knew this database, not the file. The configuration has the first message database of the worker: check it, and set the password in secrets/cmpproxy.env.");
        return firstSource.DeepClone();
    }

    private JsonObject Link(LegacyKeys keys)
    {
        string prefix = keys.Has(Prefix + "keystorepath") ? Prefix : Extra;
        (string path, string password, string service) = (prefix + "keystorepath", prefix + "keystorepwd", prefix + "caservicecertpath");
        if (!keys.Has(path))
        {
            return Links.New(keyStores, output, keys, "cmpproxy-link");
        }

        JsonObject keyStore = keyStores.Convert(keys, path, password, "cmpproxy-link").Setting;
        IReadOnlyList<Certificate> worker = keys.Value(service) is { } file ? keyStores.ReadCertificates(keys, file) : [];
        if (worker.Count == 0)
        {
            keys.Attention(service, "The file was not found or holds no certificate.");
            return Links.With(output, keys, keyStore, []);
        }

        keys.TakenOver(service, "CmpProxy:Link:WorkerCertificates, copied to certs/cmp-worker.pem.");
        return Links.With(output, keys, keyStore, [output.Certificates("cmp-worker", [worker[0]])]);
    }

    // What the legacy proxy checked stays checked: a rule that cannot be completed here stops the new proxy's start.
    private JsonObject Gate(LegacyKeys keys)
    {
        const string Mac = Prefix + "hmacPasswordValidationRequired", List = Prefix + "hmacPassword.keylist", Signature = Prefix + "signatureRequired";
        var gate = new JsonObject { ["RequireMac"] = keys.Flag(Mac, false), ["RequireSignature"] = keys.Flag(Signature, false) };
        keys.TakenOver(Mac, "CmpProxy:Aliases:*:Gate:RequireMac.");
        keys.TakenOver(Signature, "CmpProxy:Aliases:*:Gate:RequireSignature.");
        if (keys.Value(List) is { } secrets)
        {
            gate["MacKeys"] = MacKeys(keys, List, secrets);
        }

        string chain = (keys.Has(Prefix + "issuerchainpath") ? Prefix : Extra) + "issuerchainpath";
        if (keys.Value(chain) is { } path)
        {
            IReadOnlyList<Certificate> issuers = keyStores.ReadCertificates(keys, path);
            gate["TrustedIssuers"] = new JsonArray(issuers.Count > 0 ? output.Certificates("cmp-issuers", issuers) : output.Absolute("certs/cmp-issuers.pem"));
            keys.Report(chain, issuers.Count > 0 ? SettingFate.TakenOver : SettingFate.Attention, issuers.Count > 0
                ? "CmpProxy:Aliases:*:Gate:TrustedIssuers, copied to certs/cmp-issuers.pem."
                : "No certificate was found there: put the issuers into certs/cmp-issuers.pem (Gate:TrustedIssuers).");
        }

        return gate;
    }

    private JsonArray MacKeys(LegacyKeys keys, string key, string list)
    {
        var entries = new JsonArray();
        if (!list.StartsWith('[') || !list.EndsWith(']') || Array.Exists(BetweenEntries.Split(list[1..^1]), entry => !entry.Contains(':', StringComparison.Ordinal)))
        {
            keys.Attention(key, "It is not of the form [CA:secret][CA:secret], so nobody knows where a secret ends, and none was taken over: set Gate:MacKeys by hand.");
            return entries;
        }

        List<int> unknown = [];
        foreach ((int index, string[] entry) in BetweenEntries.Split(list[1..^1]).Select(e => e.Split(':', 2)).Index())
        {
            (string ca, string secret) = (entry[0].Trim(), entry[1]);
            string? subject = options.CaSubjects.GetValueOrDefault(ca) ?? (DistinguishedName.Parse(ca).Succeeded(out DistinguishedName? dn, out _) && !dn.IsEmpty ? dn.ToString() : null);
            if (subject is null || secret.Length == 0)
            {
                unknown.Add(index + 1);
                continue;
            }

            entries.Add(new JsonObject { ["Ca"] = subject, ["SecretFile"] = output.Secret($"cmp-mac-{index + 1}", secret) });
        }

        // By number: what stands there may be a part of a secret.
        keys.Report(key, unknown.Count > 0 ? SettingFate.Attention : SettingFate.Changed, unknown.Count > 0
            ? $"Gate:MacKeys without entry {string.Join(", ", unknown)}: the new gate knows a CA by its subject. Import again with --ca-subject NAME=DN."
            : "Gate:MacKeys, each secret in a file of its own. A secret in the DMZ is a risk; the CA checks the MAC again.");
        return entries;
    }
}
