using System.Text.Json.Nodes;
using Pki.Migration.Properties;
using Pki.Protocols.Trust;

namespace Pki.Migration.Settings;

/// <summary>From the legacy product's property files to the configuration of this one (MIGRATION §6, SEMANTICS §6).</summary>
public static class SettingsImport
{
    /// <summary>File names under the output folder.</summary>
    public const string WorkerFile = "worker.json", ScepFile = "scepra.json", CmpFile = "cmpproxy.json";

    /// <summary>Translates the files. Nothing is written; the result says what to write.</summary>
    /// <param name="files">Files of Java properties. What each is, its keys tell.</param>
    /// <param name="options">What the operator decides.</param>
    /// <param name="read">Reads a file the settings name; null when there is none.</param>
    public static Outcome<SettingsResult> Run(IEnumerable<LegacyFile> files, SettingsOptions options, Func<string, byte[]?> read)
    {
        var lines = new List<SettingLine>();
        var output = new Output(options.Out);
        var keyStores = new KeyStores(options, read, output);
        var databases = new Databases(options, output);
        var workers = new WorkerSettings(options, keyStores, databases);
        var later = new List<(string Name, Func<JsonObject> Make)>();
        var opened = new List<LegacyKeys>();
        foreach (LegacyFile file in files.OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            if (!JavaProperties.Parse(file.Content).Succeeded(out JavaProperties? properties, out Refusal? refusal))
            {
                return new Refusal(refusal.Code, $"{file.Name}: {refusal.Detail}");
            }

            var keys = new LegacyKeys(file, properties, lines);
            opened.Add(keys);
            switch (KindOf(properties))
            {
                case Kind.Worker:
                    workers.Read(keys);
                    break;
                case Kind.Scep:
                    later.Add((ScepFile, () => new ScepSettings(keyStores, databases, output).Read(keys)));
                    break;
                case Kind.Cmp:
                    later.Add((CmpFile, () => new CmpSettings(options, keyStores, databases, output).Read(keys, workers.FirstSource)));
                    break;
                case Kind.Gui:
                    Gui(keys);
                    break;
                default:
                    break;
            }
        }

        // Front ends come after the workers, whose certificates and databases they use.
        foreach (IGrouping<string, (string Name, Func<JsonObject> Make)> host in later.GroupBy(l => l.Name, StringComparer.Ordinal))
        {
            if (host.Count() > 1)
            {
                return new Refusal(RefusalCode.Conflict, $"Several of the files are for {host.Key}: import each front end by itself.");
            }

            output.Json(host.Key, host.Single().Make());
        }

        if (workers.Configuration is { } configuration)
        {
            output.Json(WorkerFile, configuration);
        }

        opened.ForEach(keys => keys.Finish());
        return new SettingsResult(output.Files, [.. lines.OrderBy(l => l.File, StringComparer.Ordinal).ThenBy(l => l.Line)]);
    }

    private enum Kind
    {
        Unknown,
        Worker,
        Scep,
        Cmp,
        Gui,
    }

    private static Kind KindOf(JavaProperties properties)
    {
        bool Any(params string[] beginnings) => properties.All.Any(p => Array.Exists(beginnings, b => p.Key.StartsWith(b, StringComparison.Ordinal)));
        return true switch
        {
            _ when Any(ScepSettings.Prefix) => Kind.Scep,
            _ when Any(CmpSettings.Prefix, "proxyPort", "serverPort", "serverAddress") => Kind.Cmp,
            _ when Any("externalra-gui.") => Kind.Gui,
            _ when Any(WorkerSettings.Prefix, "externalra.") => Kind.Worker,
            _ => Kind.Unknown,
        };
    }

    // Its place is taken by the product's own front ends; people use the admin web.
    private static void Gui(LegacyKeys keys)
    {
        foreach (JavaProperty property in keys.All.ToArray())
        {
            keys.NotNeeded(property.Key, "This product has no External RA GUI; RA programs use the client library.");
        }
    }
}
