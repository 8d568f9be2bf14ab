using Ca.Core.Authorities;
using Ca.Core.Storage;
using Pki.Protocols.Trust;

namespace Ca.Core.Cmp;

/// <summary>Everything an alias names must exist when it is saved and as long as it is there, also what senderKIDs may choose (CMP-A-21, A-40).</summary>
internal static class CmpAliasReferences
{
    // Names that everybody has: a device that sends one of them must not get what was never meant for it.
    private static readonly string[] NeverByKeyId = ["EMPTY", "ENDUSER"];

    public static Refusal? Check(CmpAlias alias, ConfigurationSnapshot snapshot) =>
        CheckChoice(alias, snapshot) ?? CheckCas(alias, snapshot) ?? CheckProfiles(alias, snapshot) ?? CheckVendors(alias, snapshot) ?? CheckFrontEnds(alias, snapshot) ?? CheckSent(alias, snapshot);

    /// <summary>An alias that could no longer answer without this certificate profile; null when there is none.</summary>
    public static CmpAlias? FindByCertificateProfile(ConfigurationSnapshot snapshot, string name) =>
        snapshot.CmpAliases.Values.FirstOrDefault(alias => CertificateProfilesOf(alias).Contains(name, StringComparer.Ordinal));

    /// <summary>An alias that could no longer answer without this end entity profile; null when there is none.</summary>
    public static CmpAlias? FindByEndEntityProfile(ConfigurationSnapshot snapshot, string name) =>
        snapshot.CmpAliases.Values.FirstOrDefault(alias => EndEntityProfilesOf(alias).Contains(name, StringComparer.Ordinal));

    private static Refusal? CheckChoice(CmpAlias alias, ConfigurationSnapshot snapshot)
    {
        string[] chosen = [alias.CaName, alias.CertificateProfile, alias.EndEntityProfile];
        bool byKeyId = chosen.Contains(CmpAlias.ByKeyId);
        return !byKeyId && !chosen.Contains(CmpAlias.ByProfile) ? null
            : alias.Mode != CmpMode.Ra ? No("Only in RA mode does a message choose CA or profile.")
            : alias.EndEntityProfile == CmpAlias.ByProfile ? No("An end entity profile is not chosen by itself.")
            : byKeyId && alias.KeyIds.Count == 0 ? No("keyIds lists what a senderKID may choose.")
            : alias.KeyIds.Any(NeverByKeyId.Contains) ? No("EMPTY and ENDUSER are not chosen by a senderKID.")
            : alias.CaName is CmpAlias.ByKeyId or CmpAlias.ByProfile && (alias.DefaultCa is null || alias.Responder is not null) ? No("Where a message chooses the CA, the alias needs a defaultCa and has no responder.")
            : null;
    }

    private static Refusal? CheckCas(CmpAlias alias, ConfigurationSnapshot snapshot) =>
        Names(alias, alias.CaName).Append(alias.OwnCaName).FirstOrDefault(name => snapshot.FindCa(name) is not { TokenId: not null }) is { } missing
            ? Missing($"There is no CA '{missing}' that could issue.")
            : null;

    private static Refusal? CheckProfiles(CmpAlias alias, ConfigurationSnapshot snapshot) =>
        EndEntityProfilesOf(alias).FirstOrDefault(p => !snapshot.EndEntityProfiles.ContainsKey(p)) is { } endEntity ? Missing($"There is no end entity profile '{endEntity}'.")
        : CertificateProfilesOf(alias).FirstOrDefault(p => !snapshot.CertificateProfiles.ContainsKey(p)) is { } certificate ? Missing($"There is no certificate profile '{certificate}'.")
        : null;

    private static Refusal? CheckVendors(CmpAlias alias, ConfigurationSnapshot snapshot) =>
        alias.VendorCas.Count == 0 ? null
        : alias.Mode != CmpMode.Client || alias.Authentication.All(m => m.Module != CmpModule.EndEntityCertificate) ? No("vendorCas are for client mode with EndEntityCertificate.")
        : alias.VendorCas.FirstOrDefault(name => snapshot.FindCa(name) is not { Status: AuthorityStatus.External }) is { } unknown ? Missing($"There is no external CA '{unknown}'.")
        : null;

    /// <summary>A role that is removed later lets nobody in.</summary>
    private static Refusal? CheckFrontEnds(CmpAlias alias, ConfigurationSnapshot snapshot) =>
        alias.FrontEnds.FirstOrDefault(name => snapshot.Roles.All(role => role.Name != name)) is { } unknown ? Missing($"There is no role '{unknown}'.") : null;

    private static Refusal? CheckSent(CmpAlias alias, ConfigurationSnapshot snapshot) =>
        alias.CaPubsCas.Concat(alias.ExtraCertsCas).FirstOrDefault(name => snapshot.FindCa(name) is null) is { } unknown ? Missing($"There is no CA '{unknown}'.")
        : alias.RootUpdate is { } update && !update.Read().Succeeded(out _, out Refusal? broken) ? broken
        : null;

    private static IEnumerable<string> CertificateProfilesOf(CmpAlias alias) => alias.Profiles.Values.Concat(Names(alias, alias.CertificateProfile));

    private static IEnumerable<string> EndEntityProfilesOf(CmpAlias alias) => Names(alias, alias.EndEntityProfile);

    private static IEnumerable<string> Names(CmpAlias alias, string name) => name switch
    {
        CmpAlias.ByKeyId => alias.KeyIds,
        CmpAlias.ByProfile => [],
        _ => [name],
    };

    private static Refusal Missing(string detail) => new(RefusalCode.NotFound, detail);

    private static Refusal No(string detail) => new(RefusalCode.PolicyViolation, detail);
}
