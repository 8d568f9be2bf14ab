using System.CommandLine;
using Ca.Core.Importing;
using Ca.Core.Roles;
using Pki.Cli.Output;
using Pki.Migration.Roles;
using Pki.Migration.Sources;
using Pki.Protocols.Trust;

namespace Pki.Cli.Commands;

/// <summary><c>pki import roles</c>: the administrators' roles of an EJBCA.</summary>
internal sealed class ImportRoles(Frame frame)
{
    private readonly SourceOptions source = new();
    private readonly Option<string?> map = new("--map") { Description = "JSON file: old ids of CAs and profiles to names here.", HelpName = "FILE" };
    private readonly Option<bool> dryRun = new("--dry-run") { Description = "Shows what would be made of them, stores nothing." };

    public Command Create() => frame.Command(
        "roles",
        "Takes over roles with their members. Nobody gets more rights than before; what is not certain is left out and told.",
        [.. source.All, map, dryRun],
        RunAsync);

    private async Task RunAsync(Call call)
    {
        IReadOnlyList<TranslatedRole> roles;
        try
        {
            await using ILegacySource opened = await source.OpenAsync(call);
            roles = await new RoleTranslation(call.Ca.Get<BulkImport>(), call.Ca.Authorities, opened).RunAsync(ImportSources.ReadMap(call, call.Get(map)), call.Cancel);
        }
        catch (LegacyFormatException wrong)
        {
            throw new CliException(wrong.Message, "Make the export again; docs/MIGRATING.md tells how.", inner: wrong);
        }

        List<RoleLine> lines = [];
        foreach (TranslatedRole role in roles)
        {
            string fate = role.Problem is { } problem ? "left out: " + problem
                : call.Get(dryRun) ? $"{role.Rules.Count} rules, {role.Members.Count} members"
                : await StoreAsync(call, role);
            lines.AddRange([new(role.Name, fate), .. role.Notes.Select(note => new RoleLine(role.Name, note))]);
        }

        call.Printer.List(lines, RoleLine.Columns, "The source has no roles.");
    }

    /// <summary>A role that is here already with the same rules gets the members that it has not.</summary>
    private static async Task<string> StoreAsync(Call call, TranslatedRole role)
    {
        Role? here = (await call.Ca.Roles.ListAsync(call.Cancel)).FirstOrDefault(known => known.Name == role.Name);
        if (here is not null && !here.RuleList.ToHashSet().SetEquals(role.Rules))
        {
            return "left alone: there is a role of this name with other rules";
        }

        if (here is null && !(await call.Ca.Roles.CreateAsync(call.Ca.Operator, role.Name, role.Rules, call.Cancel)).Succeeded(out here, out Refusal? refusal))
        {
            return "left out: " + refusal.Detail;
        }

        int added = 0;
        foreach (TranslatedMember member in role.Members.Where(member => !here.Members.Any(known => IsSame(known, member))))
        {
            (await call.Ca.Roles.AddMemberAsync(call.Ca.Operator, role.Name, member.Ca.Name, member.With, member.Operator, member.Value, call.Cancel)).OrFail("Correct what it names.");
            added++;
        }

        return $"{role.Rules.Count} rules, {role.Members.Count} members, {added} of them new";
    }

    private static bool IsSame(RoleMember known, TranslatedMember member) =>
        known.IssuerCaId == member.Ca.Id && known.With == member.With && known.Operator == member.Operator && known.Value == member.Value;

    private sealed record RoleLine(string Role, string Note)
    {
        public static IReadOnlyList<Column<RoleLine>> Columns { get; } = [new("Role", l => Texts.Short(l.Role, 60)) { Whole = true }, new("What became of it", l => l.Note)];
    }
}
