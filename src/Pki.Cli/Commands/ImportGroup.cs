using System.CommandLine;
using Pki.Cli.Configuration;
using Pki.Cli.Output;
using Pki.Migration.Settings;

namespace Pki.Cli.Commands;

/// <summary><c>pki import</c>: takes over a site of the legacy product (docs/MIGRATING.md).</summary>
internal sealed class ImportGroup(Frame frame)
{
    private static readonly IReadOnlyList<Column<SettingLine>> Columns =
    [
        new("File", l => l.File) { Whole = true },
        new("Line", l => l.Line == 0 ? "" : Texts.Number(l.Line)) { Number = true },
        new("Setting", l => Texts.Short(l.Key, 60)),
        new("What became of it", l => $"{Word(l.Fate)}: {l.Note}"),
    ];

    private readonly Option<string[]> from = new("--from") { Description = "Property files, or folders with them.", HelpName = "PATH", Required = true, AllowMultipleArgumentsPerToken = true };
    private readonly Option<string> outFolder = new("--out", "-o") { Description = "Folder for the configuration; new or empty.", HelpName = "DIR", Required = true };
    private readonly Option<bool> allowDefaultPassword = new("--allow-default-password") { Description = "Takes over keystores that still have the legacy product's default password." };
    private readonly Option<string?> unsignedActsAs = new("--unsigned-acts-as") { Description = "Leaves signatures optional where they were; unsigned requests act with this role.", HelpName = "ROLE" };
    private readonly Option<bool> legacyClients = new("--legacy-clients") { Description = "Legacy RA programs go on beside the workers: accepts their format, unsigned with --unsigned-acts-as." };
    private readonly Option<bool> allowUnverified = new("--allow-unverified-database") { Description = "Accepts database servers on other hosts without checking their certificates." };
    private readonly Option<string[]> caSubject = new("--ca-subject") { Description = "Subject of a CA that CMP secrets name; may be repeated.", HelpName = "NAME=DN" };

    public Command Create() => Frame.Group(
        "import",
        "Takes over a site of the legacy product.",
        frame.Command(
            "config",
            "Translates property files of worker, SCEP RA and CMP proxy into configuration, and reports every setting.",
            [from, outFolder, allowDefaultPassword, unsignedActsAs, legacyClients, allowUnverified, caSubject],
            ConfigAsync),
        new ImportCa(frame).Create(),
        new ImportProfiles(frame).Create(),
        new ImportRoles(frame).Create(),
        new ImportSite(frame).Create(),
        new ImportVerify(frame).Create());

    private async Task ConfigAsync(Call call)
    {
        string folder = call.Terminal.FullPath(call.Require(outFolder));
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new CliException($"'{folder}' is not empty.", "Name a new folder: keystores and passwords are never overwritten.");
        }

        var options = new SettingsOptions
        {
            Out = folder,
            AllowDefaultPassword = call.Get(allowDefaultPassword),
            UnsignedActsAs = call.Get(unsignedActsAs),
            LegacyClients = call.Get(legacyClients),
            AllowUnverifiedDatabase = call.Get(allowUnverified),
            CaSubjects = CaSubjects(call.Get(caSubject) ?? []),
        };
        SettingsResult result = SettingsImport.Run(Files(call, call.Require(from)), options, path => File.Exists(path) ? File.ReadAllBytes(path) : null)
            .OrFail("Correct the file, or leave it out.");
        foreach (SettingsFile file in result.Files)
        {
            Write(folder, file);
        }

        PrivateFile.WritePublic(Path.Combine(folder, "report.json"), Printer.ToJson(result.Lines) + "\n");
        call.Printer.List(result.Lines, Columns, "No settings.");
        int open = result.Lines.Count(l => l.Fate == SettingFate.Attention);
        call.Printer.Say($"Written to {folder}: {string.Join(", ", result.Files.Select(f => f.Path))}, report.json. {open} of {result.Lines.Count} settings need attention.");
        await Task.CompletedTask;
    }

    private static LegacyFile[] Files(Call call, string[] paths)
    {
        string[] files = [.. paths.Select(call.Terminal.FullPath).SelectMany(path => Directory.Exists(path) ? Directory.GetFiles(path, "*.properties") : [path])];
        string? missing = Array.Find(files, file => !File.Exists(file));
        return missing is not null ? throw new CliException($"'{missing}' does not exist.", "Correct --from.")
            : files.Length == 0 ? throw new CliException("There is no *.properties file in what --from names.", "Correct --from.")
            : [.. files.Select(file => new LegacyFile(Path.GetFileName(file), Path.GetDirectoryName(file)!, File.ReadAllBytes(file)))];
    }

    private static Dictionary<string, string> CaSubjects(string[] pairs)
    {
        string? broken = Array.Find(pairs, pair => !pair.Contains('=', StringComparison.Ordinal));
        return broken is null
            ? pairs.Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal)
            : throw CliException.Usage($"--ca-subject '{broken}' has no '='.", "Write NAME=DN, such as ManagementCA=CN=ManagementCA,O=Example.");
    }

    private static void Write(string folder, SettingsFile file)
    {
        string path = Path.Combine(folder, file.Path);
        PrivateFile.EnsureFolder(folder);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (file.IsSecret)
        {
            PrivateFile.Write(path, file.Content);
        }
        else
        {
            PrivateFile.WritePublic(path, file.Content);
        }
    }

    private static string Word(SettingFate fate) => fate switch
    {
        SettingFate.TakenOver => "taken over",
        SettingFate.Changed => "changed",
        SettingFate.NotNeeded => "not needed",
        _ => "ATTENTION",
    };
}
