using System.CommandLine;
using Ca.Core.Authorities;
using Ca.Core.Profiles;
using Ca.Core.Roles;
using Pki.Cli.Output;
using Pki.Protocols.X509;

namespace Pki.Cli.Commands;

/// <summary><c>pki role</c>: which certificates may do what.</summary>
internal sealed class RoleGroup(Frame frame)
{
    private const string Known = "pki role list shows the roles.";

    private static readonly IReadOnlyList<Column<RoleView>> ListColumns =
    [
        Columns.Whole<RoleView>("Role", r => r.Name),
        Columns.Number<RoleView>("Members", r => r.Members.Count),
        Columns.Number<RoleView>("Rules", r => r.Rules.Count),
    ];

    private static readonly IReadOnlyList<Column<RoleView>> Fields =
    [
        Columns.Whole<RoleView>("Role", r => r.Name),
        Columns.Lines<RoleView>("Members", r => r.Members.Select(m => $"#{m.Id} {m.Ca}: {m.With} = {m.Value}")),
        Columns.Lines<RoleView>("Rules", r => r.Rules.Select(rule => $"{rule.Resource} {rule.Decision}")),
    ];

    private readonly Argument<string> name = new("role") { Description = "Name of the role." };
    private readonly Option<string?> template = new("--template") { Description = $"Rules to start from: {string.Join(", ", RoleTemplates.Names)}.", HelpName = "NAME" };
    private readonly Option<string[]> cas = new("--allow-ca") { Description = "A CA the role may use; may be repeated; none: any.", HelpName = "NAME" };
    private readonly Option<string[]> profiles = new("--allow-profile") { Description = "An end entity profile the role may use; may be repeated; none: all.", HelpName = "NAME" };
    private readonly Option<string?> certificate = new("--certificate") { Description = "The member's certificate (PEM); recognised by its serial number.", HelpName = "FILE" };
    private readonly Option<string?> ca = new("--ca") { Description = "The CA that issued the member's certificate; found by itself with --certificate.", HelpName = "NAME" };
    private readonly Option<MatchWith> with = new("--with") { Description = "What is compared.", DefaultValueFactory = _ => MatchWith.CertificateSerialNumber };
    private readonly Option<string?> value = new("--value") { Description = "With what.", HelpName = "TEXT" };
    private readonly Argument<string> resource = new("resource") { Description = "Path, such as /ca/1652389506." };
    private readonly Argument<AccessDecision> decision = new("decision") { Description = "accept, acceptRecursive or decline.", HelpName = "decision" };
    private readonly Argument<long> member = new("member") { Description = "Its number, as pki role show prints it." };

    public Command Create() => Frame.Group(
        "role",
        "Roles: which RA or administrator certificates may do what.",
        frame.Command("list", "Lists the roles.", [], ListAsync),
        frame.Command("show", "Shows members and rules.", [name], ShowAsync),
        frame.Command("create", "Creates a role, usually from a template.", [name, template, cas, profiles], CreateAsync),
        frame.Command("delete", "Removes a role with its members and rules.", [name, Shared.Yes], DeleteAsync),
        frame.Command("add-member", "Adds a certificate, or certificates by a value in them.", [name, certificate, ca, with, value], AddMemberAsync),
        frame.Command("remove-member", "Removes a member.", [name, member, Shared.Yes], RemoveMemberAsync),
        frame.Command("add-rule", "Adds a rule, in place of the one for the same resource.", [name, resource, decision], AddRuleAsync),
        frame.Command("remove-rule", "Removes a rule.", [name, resource, Shared.Yes], RemoveRuleAsync));

    private static async Task ListAsync(Call call)
    {
        IReadOnlyList<Role> roles = await call.Ca.Roles.ListAsync(call.Cancel);
        IReadOnlyList<CertificateAuthority> authorities = await call.Ca.Authorities.ListAsync(call.Cancel);
        call.Printer.List([.. roles.OrderBy(r => r.Name, StringComparer.Ordinal).Select(r => RoleView.Of(r, authorities))], ListColumns, "No roles. pki role create makes one.");
    }

    private async Task ShowAsync(Call call)
    {
        Role role = (await call.Ca.Roles.ListAsync(call.Cancel)).FirstOrDefault(r => r.Name == call.Get(name))
            ?? throw new CliException($"There is no role '{call.Get(name)}'.", Known);
        await PrintAsync(call, role);
    }

    private async Task CreateAsync(Call call)
    {
        var caIds = new List<int>();
        foreach (string allowed in call.Get(cas) ?? [])
        {
            caIds.Add((await CaGroup.RequireAsync(call, allowed)).Id);
        }

        IReadOnlyList<EndEntityProfile> known = await call.Ca.Profiles.ListEndEntityProfilesAsync(call.Cancel);
        int[] profileIds = [.. (call.Get(profiles) ?? []).Select(allowed =>
            (known.FirstOrDefault(p => p.Name == allowed) ?? throw new CliException($"There is no end entity profile '{allowed}'.", "pki profile list shows the profiles.")).Id)];
        IReadOnlyList<AccessRule> rules = call.Get(template) is { } start ? Template(start, caIds, profileIds) : [];
        await PrintAsync(call, (await call.Ca.Roles.CreateAsync(call.Ca.Operator, call.Get(name), rules, call.Cancel)).OrFail(Known));
    }

    private async Task DeleteAsync(Call call)
    {
        Shared.Confirm(call, $"The role '{call.Get(name)}' is removed; its members lose its rights at once.");
        await PrintAsync(call, (await call.Ca.Roles.DeleteAsync(call.Ca.Operator, call.Get(name), call.Cancel)).OrFail(Known));
    }

    private async Task AddMemberAsync(Call call)
    {
        (string issuer, MatchWith what, string match) = call.Get(certificate) is { } file
            ? await MemberOfAsync(call, file)
            : (call.Get(ca) ?? throw CliException.Usage("Neither --certificate nor --ca is given.", "Name the member's certificate, or the CA and --value."),
               call.Get(with),
               call.Get(value) ?? throw CliException.Usage("--value is missing.", "Say what to compare with, or use --certificate."));
        await PrintAsync(call, (await call.Ca.Roles.AddMemberAsync(call.Ca.Operator, call.Get(name), issuer, what, match, call.Cancel)).OrFail(Known));
    }

    private async Task RemoveMemberAsync(Call call)
    {
        Shared.Confirm(call, $"Member {call.Get(member)} loses the rights of role '{call.Get(name)}' at once.");
        await PrintAsync(call, (await call.Ca.Roles.RemoveMemberAsync(call.Ca.Operator, call.Get(name), call.Get(member), call.Cancel)).OrFail(Known));
    }

    private async Task AddRuleAsync(Call call) => await PrintAsync(
        call, (await call.Ca.Roles.AddRuleAsync(call.Ca.Operator, call.Get(name), new(call.Get(resource), call.Get(decision)), call.Cancel)).OrFail(Known));

    private async Task RemoveRuleAsync(Call call)
    {
        Shared.Confirm(call, $"The rule for '{call.Get(resource)}' is removed from role '{call.Get(name)}'.");
        await PrintAsync(call, (await call.Ca.Roles.RemoveRuleAsync(call.Ca.Operator, call.Get(name), call.Get(resource), call.Cancel)).OrFail(Known));
    }

    private static async Task<(string Issuer, MatchWith With, string Value)> MemberOfAsync(Call call, string file)
    {
        Certificate held = Certificate.FromPem(await Shared.ReadTextAsync(call, file)).OrFail($"'{file}' must hold a certificate in PEM.");
        CertificateAuthority issuer = (await call.Ca.Authorities.ListAsync(call.Cancel)).FirstOrDefault(a => a.Certificate.Subject.EncodedEquals(held.Issuer) && held.IsSignedBy(a.Certificate.PublicKey))
            ?? throw new CliException($"No CA here issued the certificate of '{held.Subject}'.", "Import its issuer first, or take a certificate of one of these CAs (pki ca list).");
        return (issuer.Name, MatchWith.CertificateSerialNumber, held.Serial.ToString());
    }

    private static IReadOnlyList<AccessRule> Template(string template, List<int> caIds, int[] profileIds)
    {
        try
        {
            return RoleTemplates.Rules(template, caIds, profileIds);
        }
        catch (ArgumentException fault)
        {
            throw CliException.Usage(fault.Message, "Choose one of the templates.");
        }
    }

    private static async Task PrintAsync(Call call, Role role) =>
        call.Printer.Show(RoleView.Of(role, await call.Ca.Authorities.ListAsync(call.Cancel)), Fields);

    private sealed record RoleView(string Name, IReadOnlyList<MemberView> Members, IReadOnlyList<AccessRule> Rules)
    {
        public static RoleView Of(Role role, IReadOnlyList<CertificateAuthority> authorities) => new(
            role.Name,
            [.. role.Members.Select(m => new MemberView(m.Id, authorities.FirstOrDefault(a => a.Id == m.IssuerCaId)?.Name ?? Texts.Number(m.IssuerCaId), m.With, m.Operator, m.Value))],
            role.RuleList);
    }

    private sealed record MemberView(long Id, string Ca, MatchWith With, MatchOperator Operator, string Value);
}
