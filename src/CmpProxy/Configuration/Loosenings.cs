namespace CmpProxy.Configuration;

/// <summary>What the configuration gives away compared to the defaults: said at every start, so that nobody can forget it.</summary>
internal static class Loosenings
{
    /// <summary>One sentence for each.</summary>
    public static IEnumerable<string> Of(CmpProxyOptions options)
    {
        bool usesDatabase = options.Aliases.Values.Any(alias => alias.Upstream is null);
        foreach (string text in usesDatabase ? options.Link.Loosenings(CmpProxyOptions.Section + ":Link") : [])
        {
            yield return text;
        }

        foreach ((string name, AliasOptions alias) in options.Aliases)
        {
            foreach (string text in Of(alias))
            {
                yield return $"{CmpProxyOptions.Section}:Aliases:{name}: {text}";
            }
        }
    }

    private static IEnumerable<string> Of(AliasOptions alias)
    {
        if (alias.Gate.RequireMac)
        {
            yield return "Gate:RequireMac is on: the secrets of clients lie in the DMZ (CMP-P-5). A gate of signatures needs none.";
        }

        if (alias.Gate is { RequireSignature: true, RequireCrl: false })
        {
            yield return "Gate:RequireCrl is off: revoked certificates pass the gate; the CA looks again.";
        }

        if (alias.Gate.AllowSha1)
        {
            yield return "Gate:AllowSha1 is on: SHA-1 signatures can be forged.";
        }

        if (alias.ReplayWindow == TimeSpan.Zero)
        {
            yield return "ReplayWindow is 0: a client that repeats a request whose answer was lost is refused by the CA.";
        }

        if (alias.Upstream is { } upstream && upstream.Url.StartsWith("http:", StringComparison.OrdinalIgnoreCase))
        {
            yield return "Upstream:Url is plain HTTP: CMP protects its messages itself, but whoever is on the way can read them.";
        }
    }
}
