using CmpProxy.Configuration;
using CmpProxy.Http;

namespace CmpProxy.Aliases;

/// <summary>All aliases, and how a path finds its own (CMP-T-6 to T-11).</summary>
/// <param name="aliases">By name.</param>
/// <param name="options">The default alias and the meanings of names.</param>
internal sealed class AliasBook(IReadOnlyDictionary<string, CmpAlias> aliases, CmpProxyOptions options)
{
    public IEnumerable<CmpAlias> All => aliases.Values;

    /// <summary>Where a path leads, or null when it leads nowhere.</summary>
    /// <param name="path">The path, decoded once.</param>
    /// <param name="rootAlias">The alias of every path on this listener; null for none (CMP-T-9).</param>
    public CmpTarget? Find(string path, string? rootAlias)
    {
        if (rootAlias is not null)
        {
            return Find(rootAlias) is { } root ? new(root, CmpPath.Parse(path)?.Label, null) : null;
        }

        if (CmpPath.Parse(path) is not { } parsed)
        {
            return null;
        }

        PathNameOptions? meaning = parsed.Name is { } name ? options.Names.TryGetValue(name, out PathNameOptions? found) ? found : null : null;
        PathOperationOptions? more = parsed.Label is { } label && meaning?.Operations.TryGetValue(label.Name, out PathOperationOptions? there) == true ? there : null;
        string aliasName = more?.Alias ?? meaning?.Alias ?? parsed.Name ?? options.DefaultAlias;
        return Find(aliasName) is { } alias ? new(alias, parsed.Label, more?.CertificateProfile ?? meaning?.CertificateProfile) : null;
    }

    private CmpAlias? Find(string name) =>
        aliases.TryGetValue(name, out CmpAlias? alias) ? alias
        : aliases.TryGetValue(CmpProxyOptions.AnyAlias, out CmpAlias? any) ? any with { Name = name }
        : null;
}
