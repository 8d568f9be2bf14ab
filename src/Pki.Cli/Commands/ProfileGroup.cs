using System.CommandLine;
using Ca.Core.Profiles;
using Pki.Cli.Output;

namespace Pki.Cli.Commands;

/// <summary>The two kinds of profile.</summary>
internal enum ProfileKind
{
    /// <summary>What certificates look like.</summary>
    Certificate,

    /// <summary>Which end entities may be registered.</summary>
    EndEntity,
}

/// <summary><c>pki profile</c>: both kinds, as JSON.</summary>
internal sealed class ProfileGroup(Frame frame)
{
    private const string Known = "pki profile list shows the profiles.";

    private readonly Argument<ProfileKind> kind = new("kind") { Description = "certificate or endEntity." };
    private readonly Argument<string> name = new("name") { Description = "Name of the profile." };
    private readonly Option<string> from = new("--from") { Description = "File with the profile as JSON, - for standard input. pki profile show writes one to start from.", HelpName = "FILE", Required = true };

    public Command Create() => Frame.Group(
        "profile",
        "Profiles: what certificates look like, and which end entities may be registered.",
        frame.Command("list", "Lists the profiles of both kinds.", [], ListAsync),
        frame.Command("show", "Prints a profile as JSON.", [kind, name, Shared.Out], ShowAsync),
        frame.Command("create", "Creates a profile from JSON.", [kind, name, from], call => StoreAsync(call, mustExist: false)),
        frame.Command("set", "Replaces a profile by JSON.", [kind, name, from], call => StoreAsync(call, mustExist: true)),
        frame.Command("delete", "Removes a profile that nobody uses.", [kind, name, Shared.Yes], DeleteAsync));

    private static async Task<IReadOnlyList<ProfileView>> AllAsync(Call call) =>
    [
        .. (await call.Ca.Profiles.ListCertificateProfilesAsync(call.Cancel)).Select(ProfileView.Of),
        .. (await call.Ca.Profiles.ListEndEntityProfilesAsync(call.Cancel)).Select(ProfileView.Of),
    ];

    private static async Task ListAsync(Call call) => call.Printer.List(await AllAsync(call), ProfileView.Columns, "No profiles.");

    private async Task ShowAsync(Call call)
    {
        string wanted = call.Get(name);
        string? json = call.Get(kind) == ProfileKind.Certificate
            ? (await call.Ca.Profiles.ListCertificateProfilesAsync(call.Cancel)).FirstOrDefault(p => p.Name == wanted) is { } certificate ? ProfileStore.ToJson(certificate) : null
            : (await call.Ca.Profiles.ListEndEntityProfilesAsync(call.Cancel)).FirstOrDefault(p => p.Name == wanted) is { } endEntity ? ProfileStore.ToJson(endEntity) : null;
        string text = json ?? throw new CliException($"There is no {call.Get(kind)} profile '{wanted}'.", Known);
        await Shared.WriteAsync(call, System.Text.Encoding.UTF8.GetBytes(text + "\n"), isText: true);
    }

    private async Task StoreAsync(Call call, bool mustExist)
    {
        string wanted = call.Get(name);
        ProfileKind which = call.Get(kind);
        string json = await Shared.ReadTextAsync(call, call.Require(from));
        if ((await AllAsync(call)).Any(p => p.Kind == which && p.Name == wanted) != mustExist)
        {
            throw mustExist
                ? new CliException($"There is no {which} profile '{wanted}'.", "pki profile create makes one.")
                : new CliException($"There is a {which} profile '{wanted}' already.", "pki profile set replaces it.");
        }

        const string Advice = "Correct that member of the JSON; pki profile show prints a profile with all its members.";
        ProfileView stored = which == ProfileKind.Certificate
            ? ProfileView.Of((await call.Ca.Profiles.SetCertificateProfileAsync(call.Ca.Operator, wanted, json, call.Cancel)).OrFail(Advice))
            : ProfileView.Of((await call.Ca.Profiles.SetEndEntityProfileAsync(call.Ca.Operator, wanted, json, call.Cancel)).OrFail(Advice));
        call.Printer.Done(stored, $"Stored: {which} profile {wanted}");
    }

    private async Task DeleteAsync(Call call)
    {
        string wanted = call.Get(name);
        Shared.Confirm(call, $"The profile '{wanted}' is removed.");
        ProfileView removed = call.Get(kind) == ProfileKind.Certificate
            ? ProfileView.Of((await call.Ca.Profiles.DeleteCertificateProfileAsync(call.Ca.Operator, wanted, call.Cancel)).OrFail(Known))
            : ProfileView.Of((await call.Ca.Profiles.DeleteEndEntityProfileAsync(call.Ca.Operator, wanted, call.Cancel)).OrFail(Known));
        call.Printer.Done(removed, $"Removed: {removed.Kind} profile {wanted}");
    }

    /// <summary>A profile as it is listed.</summary>
    private sealed record ProfileView(ProfileKind Kind, string Name, int Id, bool Fixed, string Summary)
    {
        public static readonly IReadOnlyList<Column<ProfileView>> Columns =
        [
            Commands.Columns.Text<ProfileView>("Kind", p => p.Kind.ToString()),
            Commands.Columns.Whole<ProfileView>("Name", p => p.Name),
            Commands.Columns.Text<ProfileView>("Fixed", p => Texts.YesNo(p.Fixed)),
            Commands.Columns.Text<ProfileView>("Summary", p => p.Summary),
        ];

        public static ProfileView Of(CertificateProfile p) => new(
            ProfileKind.Certificate, p.Name, p.Id, p.Id < FixedProfiles.FirstOwnId, $"{p.Type}, {p.Validity}, {(p.KeyUsage.Use ? p.KeyUsage.Usages : "no key usage")}");

        public static ProfileView Of(EndEntityProfile p) => new(
            ProfileKind.EndEntity,
            p.Name,
            p.Id,
            p.Id < FixedProfiles.FirstOwnId,
            $"{(p.CertificateProfiles.Count == 0 ? "any certificate profile" : string.Join(", ", p.CertificateProfiles))}; {(p.Cas.Count == 0 ? "any CA" : string.Join(", ", p.Cas))}");
    }
}
