using Ca.Core.Authorities;
using Ca.Core.Cmp;
using Ca.Core.Profiles;
using Ca.Core.Roles;
using Pki.Protocols.Cmp;

namespace Ca.Cmp;

/// <summary>An alias whose CA and profiles the message may choose (CMP-A-18 to A-21).</summary>
/// <param name="Arrival">With the alias and the CA that count for this message.</param>
/// <param name="Failure">The message chooses nothing that is offered: told once its sender is known.</param>
internal sealed record AliasChoice(Arrival Arrival, CmpFailure? Failure)
{
    // They ask for nothing of a CA or profile.
    private static readonly PkiBodyKind[] WithoutChoice = [PkiBodyKind.GeneralMessage, PkiBodyKind.Error, PkiBodyKind.Nested];

    public static AliasChoice Of(Arrival arrival)
    {
        CmpAlias alias = arrival.Alias;
        string[] named = [alias.CaName, alias.CertificateProfile, alias.EndEntityProfile];
        bool byKeyId = named.Contains(CmpAlias.ByKeyId);
        if (!byKeyId && !named.Contains(CmpAlias.ByProfile))
        {
            return new(arrival, null);
        }

        string? keyId = alias.KeyIds.FirstOrDefault(k => k == MacSender.KeyIdOf(arrival.Message.Header));
        bool refused = byKeyId && keyId is null && !WithoutChoice.Contains(arrival.Message.Body.Kind);
        CmpAlias chosen = Fill(alias, keyId ?? (alias.KeyIds is [var first, ..] ? first : ""), arrival);
        CertificateAuthority? ca = byKeyId && keyId is null ? null : arrival.Configuration.FindCa(chosen.CaName);
        return new(arrival with { Alias = chosen, Ca = ca ?? arrival.Ca }, refused ? NotOffered
            : ca is { } found && !arrival.Call.FrontEnd.May(AccessResources.Ca(found.Id)) ? NotThroughHere
            : null);
    }

    private static CmpAlias Fill(CmpAlias alias, string keyId, Arrival arrival)
    {
        string endEntityProfile = alias.EndEntityProfile == CmpAlias.ByKeyId ? keyId : alias.EndEntityProfile;
        EndEntityProfile profile = arrival.Configuration.EndEntityProfiles[endEntityProfile];
        return alias with
        {
            EndEntityProfile = endEntityProfile,
            CertificateProfile = Chosen(alias.CertificateProfile, keyId, profile.DefaultCertificateProfile),
            CaName = Chosen(alias.CaName, keyId, profile.DefaultCa ?? alias.OwnCaName),
        };
    }

    private static string Chosen(string name, string keyId, string ofProfile) => name switch
    {
        CmpAlias.ByKeyId => keyId,
        CmpAlias.ByProfile => ofProfile,
        _ => name,
    };

    private static CmpFailure NotOffered { get; } = new(PkiFailureInfo.NotAuthorized, "CMP-A-21", "What the senderKID chooses is not offered here.");

    private static CmpFailure NotThroughHere { get; } = new(PkiFailureInfo.NotAuthorized, "CMP-P-3", "That CA is not reached through here.");
}
