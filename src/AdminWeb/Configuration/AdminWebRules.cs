using System.Net;
using Microsoft.Extensions.Options;

namespace AdminWeb.Configuration;

/// <summary>Rules of single fields.</summary>
[OptionsValidator]
internal sealed partial class AdminWebFieldRules : IValidateOptions<AdminWebOptions>;

/// <summary>Rules between fields. Each message names the key.</summary>
internal sealed class AdminWebRules : IValidateOptions<AdminWebOptions>
{
    public ValidateOptionsResult Validate(string? name, AdminWebOptions options)
    {
        string[] problems = [.. Problems(options)];
        return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    /// <summary>True where only programs on this machine can connect.</summary>
    public static bool IsLoopback(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) && (uri.Host == "localhost" || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address)));

    private static IEnumerable<string> Problems(AdminWebOptions options)
    {
        if (options.KeyStore.IsAbsent)
        {
            yield return "AdminWeb:KeyStore:Path is not set.";
        }

        for (int i = 0; i < options.Listen.Count; i++)
        {
            if (!Uri.TryCreate(options.Listen[i], UriKind.Absolute, out Uri? url) || url.Scheme != Uri.UriSchemeHttps)
            {
                yield return $"AdminWeb:Listen:{i} is '{options.Listen[i]}'; it must be a URL that begins with https://.";
            }
        }

        if (!options.DemoLink.IsOn)
        {
            yield break;
        }

        if (string.IsNullOrEmpty(options.DemoLink.Role))
        {
            yield return "AdminWeb:DemoLink:Role is not set.";
        }

        if (options.Listen.FirstOrDefault(url => !IsLoopback(url)) is { } open)
        {
            yield return $"AdminWeb:DemoLink:TokenFile is set although AdminWeb:Listen names '{open}'; the link works on a loopback address only.";
        }
    }
}
