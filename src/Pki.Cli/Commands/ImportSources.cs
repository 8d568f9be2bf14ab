using Pki.Migration.Authorities;
using Pki.Migration.Import;
using Pki.Migration.Sources;
using Pki.Protocols.X509;

namespace Pki.Cli.Commands;

/// <summary>Exports of a legacy database as files.</summary>
internal static class ImportSources
{
    public static async Task<ILegacySource> OpenFileAsync(Call call, string name, UserOf userOf = UserOf.Nobody)
    {
        string path = call.Terminal.FullPath(name);
        return Directory.Exists(path) && Directory.GetFiles(path, "*.ndjson").Length == 0 && CertificateFolder.Is(path) ? await CertificateFolder.OpenAsync(path, userOf, [.. (await call.Ca.Authorities.ListAsync(call.Cancel)).Select(ca => ca.Certificate)], call.Cancel)
            : Directory.Exists(path) ? await NdjsonFolder.OpenAsync(path, call.Cancel)
            : File.Exists(path) ? await call.Printer.WaitAsync("Reading the dump's digest …", () => MysqlDump.OpenAsync(path, call.Cancel))
            : throw new CliException($"'{path}' does not exist.", "Correct the path.");
    }

    /// <summary>The map of old ids; without a file an empty one.</summary>
    public static ImportMap ReadMap(Call call, string? file) =>
        file is null ? new() : ImportMap.Parse(File.ReadAllText(call.Terminal.FullPath(file))).OrFail("Correct the map; docs/MIGRATING.md shows one.");

    /// <summary>The certificates of PEM files.</summary>
    public static Certificate[] ReadCertificates(Call call, string[]? files) =>
        [.. (files ?? []).SelectMany(path => Certificate.AllFromPem(File.ReadAllText(call.Terminal.FullPath(path)))).Select(c => c.OrFail("Name PEM files with certificates."))];

    /// <summary>The settings of the CA of this subject.</summary>
    public static async Task<LegacyAuthority> FindAuthorityAsync(Call call, string name, DistinguishedName subject)
    {
        try
        {
            await using ILegacySource source = await OpenFileAsync(call, name);
            await foreach (LegacyRow row in source.ReadAsync("CAData", 0, call.Cancel))
            {
                if (row.Text("data") is { } data && DistinguishedName.Parse(row.Text("subjectDN") ?? "").Succeeded(out DistinguishedName? own, out _) && own.Equals(subject))
                {
                    return LegacyAuthority.Read(data).OrFail("Leave --settings away and set what is needed by hand.");
                }
            }
        }
        catch (LegacyFormatException wrong)
        {
            throw new CliException(wrong.Message, "Make the export again; docs/MIGRATING.md tells how.", inner: wrong);
        }

        throw new CliException($"'{name}' has no CAData row of '{subject}'.", "Leave --settings away, or correct it.");
    }
}
