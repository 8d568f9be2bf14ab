using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Pki.Protocols.Trust;

namespace Ca.Core.Viewing;

/// <summary>A CA and its newest CRL.</summary>
/// <param name="Authority">The CA.</param>
/// <param name="Crl">Its newest CRL; null when there is none.</param>
public sealed record FoundAuthority(CertificateAuthority Authority, CrlView? Crl);

/// <summary>CAs for people to look at: those the actor may use.</summary>
public sealed class AuthoritySearch(CaConfiguration configuration, Crls crls)
{
    /// <summary>The CAs by name, each with its newest CRL.</summary>
    public async Task<IReadOnlyList<FoundAuthority>> ListAsync(Actor actor, CancellationToken cancel)
    {
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(cancel);
        var found = new List<FoundAuthority>();
        foreach (CertificateAuthority ca in snapshot.Cas.Where(ca => actor.May(AccessResources.Ca(ca.Id))).OrderBy(ca => ca.Name, StringComparer.Ordinal))
        {
            found.Add(new(ca, await crls.FindLatestAsync(ca.Name, cancel)));
        }

        return found;
    }

    /// <summary>One CA. What the actor may not see is answered like what does not exist.</summary>
    public async Task<Outcome<FoundAuthority>> FindAsync(Actor actor, string name, CancellationToken cancel) =>
        (await configuration.CurrentAsync(cancel)).FindCa(name) is { } ca && actor.May(AccessResources.Ca(ca.Id))
            ? new FoundAuthority(ca, await crls.FindLatestAsync(name, cancel))
            : new Refusal(RefusalCode.NotFound, $"There is no CA '{name}'.");
}
