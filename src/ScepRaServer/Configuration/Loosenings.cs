namespace ScepRaServer.Configuration;

/// <summary>What the configuration gives away compared to the defaults: said at every start, so that nobody can forget it.</summary>
internal static class Loosenings
{
    /// <summary>One sentence for each.</summary>
    public static IEnumerable<string> Of(ScepRaOptions options)
    {
        foreach (string text in options.Link.Loosenings(ScepRaOptions.Section + ":Link"))
        {
            yield return text;
        }

        foreach ((string name, AliasOptions alias) in options.Aliases)
        {
            foreach (string text in Of(alias))
            {
                yield return $"ScepRa:Aliases:{name}: {text}";
            }
        }
    }

    private static IEnumerable<string> Of(AliasOptions alias)
    {
        if (alias.Challenge.Mode == ChallengeMode.None)
        {
            yield return "there is no challenge: unless the CA asks a person for approval, whoever reaches this server gets a certificate.";
        }

        if (alias.Challenge.Mode == ChallengeMode.Static && alias.Names.Subject.Count == 0)
        {
            yield return "one challenge for all devices and no rule for names: any device can get a certificate in the name of any other (VU#971035). Use OneTime, or set Names:Subject.";
        }

        if (alias.Legacy)
        {
            yield return "Legacy is on: single DES and MD5 are accepted, which RFC 8894 forbids.";
        }

        if (alias.AllowSeparateSignerKey)
        {
            yield return "AllowSeparateSignerKey is on: the key that sends a request need not be the key that is certified.";
        }

        if (alias.AllowMissingSenderNonce)
        {
            yield return "AllowMissingSenderNonce is on: such answers can be replayed to their clients.";
        }

        if (alias.MinRsaBits < 2048)
        {
            yield return $"MinRsaBits is {alias.MinRsaBits}.";
        }

        if (alias.Renewal.ExpiredGrace > TimeSpan.Zero)
        {
            yield return $"Renewal:ExpiredGrace is {alias.Renewal.ExpiredGrace}: expired certificates may be renewed.";
        }

        if (alias.Names is { Scheme: UserNameScheme.Fixed, Prefix: var prefix, Postfix: var postfix } && !(prefix + postfix).Contains("${RANDOM}", StringComparison.Ordinal))
        {
            yield return "Names:Scheme is Fixed without ${RANDOM}: all devices are one user, each replaces the one before.";
        }
    }
}
