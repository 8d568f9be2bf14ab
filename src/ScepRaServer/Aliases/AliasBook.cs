using Pki.Protocols.X509;

namespace ScepRaServer.Aliases;

/// <summary>All aliases, and how a call finds its own (SCEP.md U-03 to U-05).</summary>
/// <param name="aliases">In the order of the configuration.</param>
/// <param name="fallback">The alias of calls that name none.</param>
internal sealed class AliasBook(IReadOnlyList<ScepAlias> aliases, ScepAlias fallback)
{
    private readonly Dictionary<string, ScepAlias> byName = aliases.ToDictionary(alias => alias.Name, StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<ScepAlias> All => aliases;

    /// <summary>The alias of a path, or null when the path names one that does not exist.</summary>
    public ScepAlias? OfPath(string? name) => name is null ? fallback : byName.GetValueOrDefault(name);

    /// <summary>
    /// The alias of a call that carries a CA identifier. The identifier is a hint: certmonger sends 0, sscep its own
    /// name, routers whatever the trustpoint is called. Null when the alias is strict and the name is not its own.
    /// </summary>
    public ScepAlias? OfIdentifier(string? pathName, string? identifier)
    {
        if (string.IsNullOrEmpty(identifier))
        {
            return OfPath(pathName);
        }

        if (pathName is null && aliases.FirstOrDefault(alias => alias.IsCalled(identifier)) is { } called)
        {
            return called;
        }

        ScepAlias? alias = OfPath(pathName);
        return alias is { Options.StrictIdentifiers: true } && !alias.IsCalled(identifier) ? null : alias;
    }

    /// <summary>
    /// The alias of a message: the path's, or the one whose RA certificate it is encrypted to (RFC 8894 §3.3.3 leaves
    /// the choice to us). Where several aliases share that certificate, the default one comes first.
    /// </summary>
    /// <param name="pathName">The alias in the path, or null.</param>
    /// <param name="isRecipient">Whether the message is encrypted to a certificate.</param>
    public (ScepAlias? Alias, RaKey? Key) OfMessage(string? pathName, Func<Certificate, bool> isRecipient)
    {
        if (OfPath(pathName) is not { } alias)
        {
            return (null, null);
        }

        // U-07: a path's policy is never left for another alias' because of what a message says.
        IEnumerable<ScepAlias> candidates = pathName is null ? aliases.OrderByDescending(a => ReferenceEquals(a, fallback)) : [alias];
        foreach (ScepAlias candidate in candidates)
        {
            if (candidate.RaKeys.FirstOrDefault(key => isRecipient(key.Decryption.Certificate)) is { } key)
            {
                return (candidate, key);
            }
        }

        return (alias, null);
    }
}
