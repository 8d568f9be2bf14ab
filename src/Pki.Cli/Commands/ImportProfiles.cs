using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Ca.Core.Profiles;
using Pki.Cli.Configuration;
using Pki.Cli.Output;
using Pki.Migration.Import;
using Pki.Migration.Profiles;
using Pki.Migration.Sources;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Cli.Commands;

/// <summary><c>pki import profiles</c>: the files of <c>ca exportprofiles</c>.</summary>
internal sealed partial class ImportProfiles(Frame frame)
{
    private const int MaxSize = 4 * 1024 * 1024;
    private const string Taken = "taken over";

    private readonly Argument<string> folder = new("folder") { Description = "Folder with certprofile_NAME-ID.xml and entityprofile_NAME-ID.xml." };
    private readonly Option<string?> map = new("--map") { Description = "JSON file: old ids of CAs and profiles to names here.", HelpName = "FILE" };
    private readonly Option<string?> settings = new("--settings") { Description = "Export (dump or NDJSON folder) whose CAData rows tell the old ids of the CAs.", HelpName = "SOURCE" };
    private readonly Option<string> outMap = new("--out-map") { Description = "Where the map for pki import ejbca is written.", HelpName = "FILE", DefaultValueFactory = _ => "import-map.json" };
    private readonly Option<bool> replace = new("--replace") { Description = "Also replaces profiles that are here with other content: what somebody has changed by hand is lost." };
    private readonly Option<bool> dryRun = new("--dry-run") { Description = "Shows what would be made of them, stores nothing." };

    [GeneratedRegex(@"\A(?<kind>certprofile|entityprofile)_(?<name>.+)-(?<id>-?\d{1,10})\.xml\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex FileName { get; }

    public Command Create() => frame.Command(
        "profiles",
        "Translates exported profiles, stores them, and writes the map from their old numbers to their names.",
        [folder, map, settings, outMap, replace, dryRun],
        RunAsync);

    private async Task RunAsync(Call call)
    {
        ImportMap names = call.Get(map) is { } file ? ImportMap.Parse(await File.ReadAllTextAsync(call.Terminal.FullPath(file), call.Cancel)).OrFail("Correct the map; docs/MIGRATING.md shows one.") : new();
        var cas = new Dictionary<string, string>(names.Cas, StringComparer.Ordinal);
        if (call.Get(settings) is { } source)
        {
            await LearnCasAsync(call, source, cas);
        }

        (Match Name, string Path)[] files = [.. Directory.GetFiles(call.Terminal.FullPath(call.Get(folder)), "*.xml")
            .Select(path => (FileName.Match(Path.GetFileName(path)), path)).Where(f => f.Item1.Success).OrderBy(f => f.path, StringComparer.Ordinal)];
        if (files.Length == 0)
        {
            throw new CliException("There is no certprofile_NAME-ID.xml or entityprofile_NAME-ID.xml.", "Name the folder that ca exportprofiles wrote.");
        }

        var certificateProfiles = new Dictionary<string, string>(names.CertificateProfiles, StringComparer.Ordinal);
        var endEntityProfiles = new Dictionary<string, string>(names.EndEntityProfiles, StringComparer.Ordinal);
        List<ProfileLine> lines = [];
        foreach ((Match name, string path) in files.Where(f => f.Name.Groups["kind"].Value == "certprofile"))
        {
            lines.AddRange(await CertificateProfileAsync(call, name, path, id => Find(cas, id), certificateProfiles));
        }

        foreach ((Match name, string path) in files.Where(f => f.Name.Groups["kind"].Value == "entityprofile"))
        {
            lines.AddRange(await EndEntityProfileAsync(call, name, path, id => Find(cas, id), id => FixedName(id) ?? Find(certificateProfiles, id), endEntityProfiles));
        }

        if (!call.Get(dryRun))
        {
            var result = new ImportMap { Cas = cas, CertificateProfiles = certificateProfiles, EndEntityProfiles = endEntityProfiles };
            PrivateFile.WritePublic(call.Terminal.FullPath(call.Require(outMap)), result.ToJson() + "\n");
        }

        call.Printer.List(lines, ProfileLine.Columns, "No profiles.");
    }

    private async Task<IEnumerable<ProfileLine>> CertificateProfileAsync(Call call, Match name, string path, Func<int, string?> caName, Dictionary<string, string> known)
    {
        string profile = Uri.UnescapeDataString(name.Groups["name"].Value.Replace('+', ' '));
        if (!LegacyCertificateProfile.Read(Text(path), caName).Succeeded(out LegacyCertificateProfile? read, out Refusal? refusal))
        {
            return [new(profile, "refused: " + refusal.Detail)];
        }

        string? here = (await call.Ca.Profiles.ListCertificateProfilesAsync(call.Cancel)).Where(one => one.Name == profile).Select(ProfileStore.ToJson).SingleOrDefault();
        string fate = Fate(call, here, ProfileStore.ToJson(read.Profile));
        refusal = null;
        if (!call.Get(dryRun) && fate == Taken)
        {
            (await call.Ca.Profiles.SetAsync(call.Ca.Operator, profile, read.Profile, call.Cancel)).Succeeded(out _, out refusal);
        }

        return Lines(name, profile, known, read.Notes, refusal, fate);
    }

    private async Task<IEnumerable<ProfileLine>> EndEntityProfileAsync(Call call, Match name, string path, Func<int, string?> caName, Func<int, string?> profileName, Dictionary<string, string> known)
    {
        string profile = Uri.UnescapeDataString(name.Groups["name"].Value.Replace('+', ' '));
        if (!LegacyEndEntityProfile.Read(Text(path), caName, profileName).Succeeded(out LegacyEndEntityProfile? read, out Refusal? refusal))
        {
            return [new(profile, "refused: " + refusal.Detail)];
        }

        string? here = (await call.Ca.Profiles.ListEndEntityProfilesAsync(call.Cancel)).Where(one => one.Name == profile).Select(ProfileStore.ToJson).SingleOrDefault();
        string fate = Fate(call, here, ProfileStore.ToJson(read.Profile));
        refusal = null;
        if (!call.Get(dryRun) && fate == Taken)
        {
            (await call.Ca.Profiles.SetAsync(call.Ca.Operator, profile, read.Profile, call.Cancel)).Succeeded(out _, out refusal);
        }

        return Lines(name, profile, known, read.Notes, refusal, fate);
    }

    /// <summary>A profile that somebody has made or changed here may be stricter than the old one: it stays.</summary>
    private string Fate(Call call, string? here, string there) => here is null || call.Get(replace) ? Taken
        : here == there ? "here already"
        : "left alone: there is one of this name with other content (--replace)";

    private static IEnumerable<ProfileLine> Lines(Match name, string profile, Dictionary<string, string> known, IReadOnlyList<string> notes, Refusal? refusal, string fate)
    {
        if (refusal is null)
        {
            known[name.Groups["id"].Value] = profile;
        }

        return [new(profile, refusal is null ? fate : "refused: " + refusal.Detail), .. notes.Select(note => new ProfileLine(profile, note))];
    }

    private static async Task LearnCasAsync(Call call, string name, Dictionary<string, string> cas)
    {
        IReadOnlyList<Ca.Core.Authorities.CertificateAuthority> here = await call.Ca.Authorities.ListAsync(call.Cancel);
        await using ILegacySource source = await ImportSources.OpenFileAsync(call, name);
        await foreach (LegacyRow row in source.ReadAsync("CAData", 0, call.Cancel))
        {
            if (DistinguishedName.Parse(row.Text("subjectDN") ?? "").Succeeded(out DistinguishedName? subject, out _)
                && here.FirstOrDefault(ca => ca.Certificate.Subject.Equals(subject)) is { } found && row.Text("cAId") is { } id)
            {
                cas.TryAdd(id, found.Name);
            }
        }
    }

    private static string Text(string path) => new FileInfo(path).Length <= MaxSize ? File.ReadAllText(path) : "";

    private static string? Find(Dictionary<string, string> names, int id) => names.GetValueOrDefault(id.ToString(CultureInfo.InvariantCulture));

    private static string? FixedName(int id) => FixedProfiles.Certificate.FirstOrDefault(p => p.Id == id)?.Name;

    private sealed record ProfileLine(string Profile, string Note)
    {
        public static IReadOnlyList<Column<ProfileLine>> Columns { get; } = [new("Profile", l => Texts.Short(l.Profile, 60)) { Whole = true }, new("What became of it", l => l.Note)];
    }
}
