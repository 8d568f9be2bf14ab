using System.Globalization;
using System.Text.Json.Nodes;

namespace Pki.Migration.Settings;

/// <summary>
/// Worker properties, as typed into the legacy service pages, and externalra.properties (MIGRATION §6.1): they become
/// <c>DataSources</c> and <c>Workers</c> of the CA side's configuration.
/// </summary>
internal sealed class WorkerSettings(SettingsOptions options, KeyStores keyStores, Databases databases)
{
    public const string Prefix = "externalra-caservice.";
    private const string SourcePrefix = "externalra.source-";
    private const string Host = "worker";
    private const string LegacyPackage = "org.ejbca.extra.db.";

    private readonly JsonObject sources = [];
    private readonly JsonObject workers = [];

    /// <summary>The configuration of the CA side; null when no file had anything for it.</summary>
    public JsonObject? Configuration => sources.Count + workers.Count == 0
        ? null
        : new() { ["DataSources"] = sources.DeepClone(), ["Workers"] = workers.DeepClone() };

    /// <summary>The first message database; front ends that name none use it.</summary>
    public JsonNode? FirstSource => sources.FirstOrDefault().Value;

    public void Read(LegacyKeys keys)
    {
        keys.NotNeeded("externalra.enabled", "The worker runs where it is started.");
        keys.NotNeeded("externalra-database.driver", "The driver follows from the URL.");
        foreach (string number in keys.All.Select(p => p.Key).Where(key => key.StartsWith(SourcePrefix, StringComparison.Ordinal))
            .Select(key => key[SourcePrefix.Length..].Split('.')[0]).Distinct(StringComparer.Ordinal))
        {
            string name = $"RAMessage{number}DS";
            if (sources.ContainsKey(name))
            {
                keys.Attention($"{SourcePrefix}{number}.jdbc-url", $"Another file names source {number}, too; that one is DataSources:{name}, and nothing was made of this one.");
                continue;
            }

            sources[name] = databases.Translate(keys, $"{SourcePrefix}{number}.", Host, $"DataSources:{name}");
        }

        if (keys.All.Any(p => p.Key.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            ReadWorker(keys);
        }
    }

    private void ReadWorker(LegacyKeys keys)
    {
        string name = NameOf(keys.File.Name);
        if (workers.ContainsKey(name))
        {
            string other = name;
            name = Enumerable.Range(2, workers.Count + 1).Select(i => string.Create(CultureInfo.InvariantCulture, $"{other}-{i}")).First(free => !workers.ContainsKey(free));
            keys.Attention("(name of the worker)", $"Another file gave the worker '{other}'; this one is called '{name}'.");
        }

        string section = $"Workers:{name}";
        var worker = new JsonObject { ["DataSource"] = keys.Value(Prefix + "persistenceunit") ?? "RAMessage1DS" };
        keys.TakenOver(Prefix + "persistenceunit", section + ":DataSource.");
        worker["RaIssuer"] = keys.Value(Prefix + "raissuer") ?? "ManagementCA";
        keys.TakenOver(Prefix + "raissuer", section + ":RaIssuer. A CA of this name must exist; the worker does not start otherwise.");
        Protect(keys, section, worker);
        worker["KeyStore"] = keyStores.Convert(keys, Prefix + "keystore.path", Prefix + "keystore.pwd", name, isWorker: true).Setting;
        if (keys.Value(Prefix + "whitelist") is { } list)
        {
            string[] names = [.. list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(entry => entry.StartsWith(LegacyPackage, StringComparison.Ordinal) ? entry[LegacyPackage.Length..] : entry)];
            worker["WhiteList"] = new JsonArray([.. names.Select(n => JsonValue.Create(n))]);
            keys.Changed(Prefix + "whitelist", section + ":WhiteList. Names now count exactly, not as parts of others; a name nobody knows stops the start.");
        }
        else
        {
            keys.TakenOver(Prefix + "whitelist", "Empty: all classes, as by default.");
        }

        Schedule(keys, section, worker);
        workers[name] = worker;
    }

    // New front ends sign and encrypt, so nothing is lost by requiring both; the legacy SCEP RA could do neither.
    private void Protect(LegacyKeys keys, string section, JsonObject worker)
    {
        const string Signature = Prefix + "signature.required", Encryption = Prefix + "encryption.required";
        LegacyClients(keys, worker, keys.Flag(Signature, otherwise: false), keys.Flag(Encryption, otherwise: false));
        bool unsignedToo = options.UnsignedActsAs is not null && !options.LegacyClients;
        bool signed = keys.Flag(Signature, otherwise: false) || !unsignedToo;
        bool encrypted = keys.Flag(Encryption, otherwise: false) || !unsignedToo;
        (worker["SignatureRequired"], worker["EncryptionRequired"]) = (signed, signed && encrypted);
        if (!signed)
        {
            worker["UnsignedActsAs"] = options.UnsignedActsAs;
        }

        ReportFlag(keys, Signature, section + ":SignatureRequired", signed);
        ReportFlag(keys, Encryption, section + ":EncryptionRequired", signed && encrypted);
    }

    // Legacy programs write another format, which is refused unless somebody says that they are there (docs/OPERATING.md).
    private void LegacyClients(LegacyKeys keys, JsonObject worker, bool signed, bool encrypted)
    {
        const string Key = "(legacy RA programs)";
        if (!options.LegacyClients)
        {
            keys.Attention(Key, "LegacyRequests is Refuse: requests of legacy programs get a failure, which SCEP devices take as final. If such programs go on beside this worker, import again with --legacy-clients.");
            return;
        }

        bool mustSign = signed || options.UnsignedActsAs is null;
        (worker["LegacyRequests"], worker["LegacySignatureRequired"], worker["LegacyEncryptionRequired"]) = ("Accept", mustSign, encrypted && mustSign);
        worker["UnsignedActsAs"] = mustSign ? null : options.UnsignedActsAs;
        keys.Report(Key, mustSign == signed ? SettingFate.Changed : SettingFate.Attention, mustSign == signed
            ? $"LegacyRequests is Accept, {(mustSign ? "signed ones only" : $"unsigned ones with the role '{options.UnsignedActsAs}'")}. Set it to Refuse when the last such program is gone."
            : "LegacyRequests is Accept, signed ones only. They need not be signed there, and a legacy SCEP RA never signs: for it, import again with --unsigned-acts-as ROLE as well.");
    }

    private void ReportFlag(LegacyKeys keys, string key, string target, bool now)
    {
        string? was = keys.Value(key);
        if (was is not (null or "true" or "false"))
        {
            keys.Attention(key, $"{target} is true: the legacy product took anything but the word false for true. If it was meant to be off, say so.");
        }
        else if (keys.Flag(key, otherwise: false) != now)
        {
            keys.Changed(key, now
                ? $"{target} is true: the front ends of this product sign and encrypt. Legacy programs have rules of their own: --legacy-clients."
                : $"{target} is false: answers are encrypted to the signer of a request, and requests need not be signed.");
        }
        else
        {
            keys.TakenOver(key, now ? target + "." : $"{target}. Whoever writes to the message database acts with the role '{options.UnsignedActsAs}'.");
        }
    }

    private static void Schedule(LegacyKeys keys, string section, JsonObject worker)
    {
        const string Value = "interval.periodical.value", Unit = "interval.periodical.unit", Pins = "pintonodes";
        if (int.TryParse(keys.Value(Value), NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0)
        {
            TimeSpan interval = keys.Value(Unit)?.ToUpperInvariant() switch
            {
                "SECONDS" => TimeSpan.FromSeconds(count),
                "HOURS" => TimeSpan.FromHours(count),
                "DAYS" => TimeSpan.FromDays(count),
                _ => TimeSpan.FromMinutes(count),
            };
            TimeSpan used = interval > TimeSpan.FromHours(1) ? TimeSpan.FromHours(1) : interval;
            worker["Interval"] = used.ToString("c", CultureInfo.InvariantCulture);
            keys.Report(Value, used == interval ? SettingFate.TakenOver : SettingFate.Changed, section + ":Interval. A doorbell wakes the worker at once where the database has one.");
            keys.TakenOver(Unit, section + ":Interval.");
        }

        if (keys.Value(Pins) is { } nodes)
        {
            worker["Placement"] = "Pinned";
            worker["Nodes"] = new JsonArray([.. nodes.Split([',', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(n => JsonValue.Create(n))]);
            keys.TakenOver(Pins, section + ":Placement and Nodes. A node is called by Ca:NodeId.");
        }
    }

    /// <summary>A worker is called as its file, in letters that a configuration key can have.</summary>
    private static string NameOf(string fileName)
    {
        string name = Path.GetFileNameWithoutExtension(fileName);
        return name == "externalra" ? "externalra-worker" : string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-'));
    }
}
