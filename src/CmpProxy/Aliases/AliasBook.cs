using CmpProxy.Configuration;
using CmpProxy.Http;
using CmpProxy.Notices;
using ExtRa.Messages.Contract;

namespace CmpProxy.Aliases;

/// <summary>All aliases, and how a path finds its own (CMP-T-6 to T-11).</summary>
/// <param name="aliases">By name.</param>
/// <param name="options">The default alias and the meanings of names.</param>
/// <param name="published">What the CA says of its aliases.</param>
internal sealed class AliasBook(IReadOnlyDictionary<string, CmpAlias> aliases, CmpProxyOptions options, NoticeMemory<CMPAliasList> published)
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

        (string name, string? profile) = MeaningOf(parsed);
        return Find(name) is { } alias ? new(alias, parsed.Label, profile) : null;
    }

    // The configuration's own names come first, then those of the CA; any other name is that of an alias (CMP-T-8).
    private (string Alias, string? Profile) MeaningOf(CmpPath path)
    {
        PathNameOptions? meaning = path.Name is { } name ? options.Names.TryGetValue(name, out PathNameOptions? found) ? found : null : null;
        if (meaning is null && path.Name is { } word && !aliases.ContainsKey(word)
            && published.Current?.Aliases.FirstOrDefault(entry => entry.Paths.ContainsKey(word)) is { } entry && Find(entry.Name)?.Published is not null)
        {
            return (entry.Name, entry.Paths[word] is { Length: > 0 } asked ? asked : null);
        }

        PathOperationOptions? more = path.Label is { } label && meaning?.Operations.TryGetValue(label.Name, out PathOperationOptions? there) == true ? there : null;
        return (more?.Alias ?? meaning?.Alias ?? path.Name ?? options.DefaultAlias, more?.CertificateProfile ?? meaning?.CertificateProfile);
    }

    // The configuration says what may be served here, the CA what there is (CMP-T-11). Aliases of other servers are not the CA's.
    private CmpAlias? Find(string name)
    {
        CmpAlias? own = aliases.TryGetValue(name, out CmpAlias? alias) ? alias
            : aliases.TryGetValue(CmpProxyOptions.AnyAlias, out CmpAlias? any) ? any with { Name = name }
            : null;
        return own is null || own.Options.Upstream is not null || published.Current is not { } list ? own
            : list.Aliases.FirstOrDefault(entry => entry.Name == name) is { } entry ? own with { Published = entry }
            : null;
    }
}
