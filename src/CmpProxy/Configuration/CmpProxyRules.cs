using CmpProxy.Http;
using Microsoft.Extensions.Options;
using Pki.Hosting;
using Pki.Protocols.X509;

namespace CmpProxy.Configuration;

/// <summary>The rules of single fields, from their attributes.</summary>
[OptionsValidator]
internal sealed partial class CmpProxyFieldRules : IValidateOptions<CmpProxyOptions>;

/// <summary>The rules of single fields of an alias.</summary>
[OptionsValidator]
internal sealed partial class AliasFieldRules : IValidateOptions<AliasOptions>;

/// <summary>The rules between fields. Each message names the key and says what to do.</summary>
internal sealed class CmpProxyRules : IValidateOptions<CmpProxyOptions>
{
    private const string Section = CmpProxyOptions.Section;
    private readonly AliasFieldRules fields = new();

    public ValidateOptionsResult Validate(string? name, CmpProxyOptions options)
    {
        List<string> problems = [.. ListenProblems(options), .. NameProblems(options)];
        if (options.Aliases.Values.Any(alias => alias.Upstream is null))
        {
            problems.AddRange(options.Link.Problems(Section + ":Link"));
            if (options.Link.Format != LinkFormat.Native)
            {
                problems.Add($"{Section}:Link:Format is {options.Link.Format}: the legacy format has no words for CMP. Let the alias go to the CA over HTTP.");
            }
            if (string.IsNullOrWhiteSpace(options.Database.ConnectionString))
            {
                problems.Add($"{Section}:Database:ConnectionString is not set.");
            }
        }

        foreach ((string alias, AliasOptions aliasOptions) in options.Aliases)
        {
            string key = $"{Section}:Aliases:{alias}";
            if (fields.Validate(key, aliasOptions) is { Failed: true } failed)
            {
                problems.AddRange(failed.Failures.Select(failure => $"{key}: {failure}"));
            }

            problems.AddRange(AliasProblems(key, alias, aliasOptions));
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> ListenProblems(CmpProxyOptions options)
    {
        foreach (string url in options.Listen.Where(url => Listener.Parse(url) is null))
        {
            yield return $"{Section}:Listen: '{url}' is not a URL such as http://127.0.0.1:8081; the host is an address, localhost or *.";
        }

        foreach ((string alias, string url) in options.RootListen)
        {
            if (Listener.Parse(url) is null || !Serves(options, alias))
            {
                yield return $"{Section}:RootListen:{alias}: '{url}' is not a URL, or '{alias}' is not in {Section}:Aliases.";
            }
        }

        if (options.Tls.ClientCertificates != TlsClientCertificates.None
            && (options.Tls.TrustedIssuers.Count == 0 || !options.Listen.Concat(options.RootListen.Values).Any(url => url.StartsWith("https:", StringComparison.OrdinalIgnoreCase))))
        {
            yield return $"{Section}:Tls:ClientCertificates needs a listener with https and {Section}:Tls:TrustedIssuers.";
        }

        if (options.AdminListen.Length > 0 && Listener.Parse(options.AdminListen) is null)
        {
            yield return $"{Section}:AdminListen: '{options.AdminListen}' is not a URL.";
        }

        foreach (string proxy in options.TrustedProxies.Where(proxy => !ClientAddress.IsProxy(proxy)))
        {
            yield return $"{Section}:TrustedProxies: '{proxy}' is neither an address nor a network such as 10.1.0.0/16.";
        }
    }

    private static bool Serves(CmpProxyOptions options, string alias) => options.Aliases.ContainsKey(alias) || options.Aliases.ContainsKey(CmpProxyOptions.AnyAlias);

    private static IEnumerable<string> NameProblems(CmpProxyOptions options)
    {
        foreach ((string name, PathNameOptions meaning) in options.Names)
        {
            string key = $"{Section}:Names:{name}";
            if (!CmpPath.IsName(name) || !Serves(options, meaning.Alias ?? name))
            {
                yield return $"{key}: the name has 1 to 32 letters, digits, '.', '_' or '-', and its alias is in {Section}:Aliases.";
            }

            foreach ((string operation, PathOperationOptions more) in meaning.Operations)
            {
                if (OperationLabel.Find(operation) is null || (more.Alias is { } alias && !Serves(options, alias)))
                {
                    yield return $"{key}:Operations:{operation}: it is an operation of RFC 9483 in small letters, and its alias is in {Section}:Aliases.";
                }
            }
        }
    }

    private static IEnumerable<string> AliasProblems(string key, string name, AliasOptions alias)
    {
        if (name != CmpProxyOptions.AnyAlias && !CmpPath.IsName(name))
        {
            yield return $"{key}: a name has 1 to 32 letters, digits, '.', '_' or '-' (CMP-T-10).";
        }

        foreach (string operation in alias.Operations.Where(operation => !BodyNames.Beginning.ContainsKey(operation)))
        {
            yield return $"{key}:Operations: '{operation}' is none of {string.Join(", ", BodyNames.Beginning.Keys.Order(StringComparer.Ordinal))}.";
        }

        if (alias.Upstream is { } upstream && !(Uri.TryCreate(upstream.Url, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https"))
        {
            yield return $"{key}:Upstream:Url: '{upstream.Url}' is not an http or https URL.";
        }

        foreach (string problem in GateProblems(key + ":Gate", alias.Gate))
        {
            yield return problem;
        }
    }

    private static IEnumerable<string> GateProblems(string key, GateOptions gate)
    {
        if (gate.RequireMac && gate.MacKeys.Count == 0)
        {
            yield return $"{key}:MacKeys is empty, and {key}:RequireMac is on: nobody could pass.";
        }

        foreach ((int i, MacKeyOptions entry) in gate.MacKeys.Index())
        {
            if (string.IsNullOrEmpty(entry.KeyId) == string.IsNullOrEmpty(entry.Ca) || string.IsNullOrEmpty(entry.SecretFile)
                || (entry.Ca is { Length: > 0 } ca && !DistinguishedName.Parse(ca).Succeeded(out _, out _)))
            {
                yield return $"{key}:MacKeys:{i} needs KeyId or Ca (a distinguished name), not both, and SecretFile.";
            }
        }

        if (gate.RequireSignature && gate.TrustedIssuers.Count == 0)
        {
            yield return $"{key}:TrustedIssuers is empty, and {key}:RequireSignature is on: nobody could pass.";
        }

        if (gate.RequireCrl && gate.Crls.Count == 0)
        {
            yield return $"{key}:Crls is empty, and {key}:RequireCrl is on: nobody could pass.";
        }
    }
}
