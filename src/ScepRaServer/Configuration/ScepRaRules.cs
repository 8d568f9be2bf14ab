using Microsoft.Extensions.Options;
using Pki.Hosting;
using Pki.Protocols.X509;
using ScepRaServer.Http;

namespace ScepRaServer.Configuration;

/// <summary>The rules of single fields, from their attributes.</summary>
[OptionsValidator]
internal sealed partial class ScepRaFieldRules : IValidateOptions<ScepRaOptions>;

/// <summary>The rules of single fields of an alias.</summary>
[OptionsValidator]
internal sealed partial class AliasFieldRules : IValidateOptions<AliasOptions>;

/// <summary>The rules between fields. Each message names the key and says what to do.</summary>
internal sealed class ScepRaRules : IValidateOptions<ScepRaOptions>
{
    private readonly AliasFieldRules fields = new();

    public ValidateOptionsResult Validate(string? name, ScepRaOptions options)
    {
        var problems = new List<string>();
        CheckHost(options, problems);
        problems.AddRange(options.Link.Problems(ScepRaOptions.Section + ":Link"));
        CheckAliasNames(options, problems);
        foreach ((string alias, AliasOptions aliasOptions) in options.Aliases)
        {
            string key = $"{ScepRaOptions.Section}:Aliases:{alias}";
            if (fields.Validate(key, aliasOptions) is { Failed: true } failed)
            {
                problems.AddRange(failed.Failures.Select(failure => $"{key}: {failure}"));
            }

            CheckAlias(key, aliasOptions, problems);
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static void CheckHost(ScepRaOptions options, List<string> problems)
    {
        if (string.IsNullOrWhiteSpace(options.Database.ConnectionString))
        {
            problems.Add("ScepRa:Database:ConnectionString is not set.");
        }

        foreach (string url in options.Listen.Where(url => !IsUrl(url)))
        {
            problems.Add($"ScepRa:Listen: '{url}' is not an http or https URL.");
        }

        foreach (string proxy in options.TrustedProxies.Where(proxy => !ClientAddress.IsProxy(proxy)))
        {
            problems.Add($"ScepRa:TrustedProxies: '{proxy}' is neither an address nor a network such as 10.1.0.0/16.");
        }
    }

    // http://*:8080 and http://+:8080 are Kestrel's own way to say "all addresses".
    private static bool IsUrl(string url) =>
        Uri.TryCreate(url.Replace("://*", "://any", StringComparison.Ordinal).Replace("://+", "://any", StringComparison.Ordinal), UriKind.Absolute, out Uri? uri)
        && uri.Scheme is "http" or "https";

    private static void CheckAliasNames(ScepRaOptions options, List<string> problems)
    {
        if (options.Aliases.Count == 0)
        {
            problems.Add("ScepRa:Aliases is empty: there is nothing to serve.");
        }

        foreach (string alias in options.Aliases.Keys.Where(alias => !ScepPath.IsAlias(alias) || ScepPath.IsReserved(alias)))
        {
            problems.Add($"ScepRa:Aliases:{alias}: a name has 1 to 64 letters, digits, '.', '_' or '-', and is not '{ScepPath.LeafOnlyWord}' or '{ScepPath.ProgramWord}'.");
        }

        if (options.DefaultAlias is null && options.Aliases.Count > 1)
        {
            problems.Add("ScepRa:DefaultAlias is not set, and there is more than one alias.");
        }

        if (options.DefaultAlias is { } named && !options.Aliases.Keys.Contains(named, StringComparer.OrdinalIgnoreCase))
        {
            problems.Add($"ScepRa:DefaultAlias names '{named}', which is not in ScepRa:Aliases.");
        }
    }

    private static void CheckAlias(string key, AliasOptions alias, List<string> problems)
    {
        ChallengeOptions challenge = alias.Challenge;
        if (challenge.Mode == ChallengeMode.Static && string.IsNullOrEmpty(challenge.SecretFile) == string.IsNullOrEmpty(challenge.SecretVariable))
        {
            problems.Add($"{key}:Challenge: mode Static needs SecretFile or SecretVariable, and not both.");
        }

        if (challenge.Mode == ChallengeMode.OneTime && string.IsNullOrEmpty(challenge.MacKeyFile))
        {
            problems.Add($"{key}:Challenge:MacKeyFile is not set, and mode OneTime needs it.");
        }

        if (alias.Names is { Scheme: UserNameScheme.Fixed, Fixed: null or "" })
        {
            problems.Add($"{key}:Names:Fixed is not set, and scheme Fixed needs it.");
        }

        foreach (string part in alias.Names.Parts.Concat(alias.Names.Subject.Keys).Where(part => NameAttributes.FindOid(part) is null))
        {
            problems.Add($"{key}:Names: '{part}' is not a name attribute.");
        }

        foreach ((string name, string pattern) in alias.Names.Subject.Concat(alias.Names.AltName).Where(rule => !IsPattern(rule.Value)))
        {
            problems.Add($"{key}:Names: the rule for '{name}' is not a regular expression that can be matched without backtracking: {pattern}");
        }
    }

    private static bool IsPattern(string pattern)
    {
        try
        {
            _ = new System.Text.RegularExpressions.Regex(pattern, System.Text.RegularExpressions.RegexOptions.NonBacktracking);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}
