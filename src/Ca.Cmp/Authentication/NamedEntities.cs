using Ca.Core.EndEntities;
using Pki.Protocols.X509;

namespace Ca.Cmp.Authentication;

/// <summary>Which registered end entity the subject of a request speaks of (CMP-A-9).</summary>
internal sealed class NamedEntities(EndEntityStore endEntities)
{
    /// <summary>The attribute that the alias names; without it whoever is registered with the whole subject. Perhaps nobody has this name.</summary>
    public async Task<string> UsernameOfAsync(Arrival arrival, DistinguishedName subject, CancellationToken cancel)
    {
        string attribute = arrival.Alias.UsernameAttribute;
        return (attribute == "DN" ? null : subject.First(NameAttributes.FindOid(attribute)!))
            ?? (await endEntities.FindBySubjectAsync(arrival.Ca.Name, subject, cancel))?.Username
            ?? subject.ToString();
    }
}
