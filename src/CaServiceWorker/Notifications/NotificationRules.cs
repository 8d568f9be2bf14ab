using System.Net.Mail;
using Microsoft.Extensions.Options;

namespace CaServiceWorker.Notifications;

/// <summary>Field rules, from the attributes.</summary>
[OptionsValidator]
internal sealed partial class NotificationFieldRules : IValidateOptions<NotificationOptions>;

/// <summary>Field rules, from the attributes.</summary>
[OptionsValidator]
internal sealed partial class WebhookFieldRules : IValidateOptions<WebhookOptions>;

/// <summary>What is wrong with the section, naming each key.</summary>
internal static class NotificationRules
{
    private const string Root = NotificationOptions.Section;
    private const int LongestName = 50; // of a webhook; it is part of a key in the database
    private static readonly TimeSpan ShortestThreshold = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestThreshold = TimeSpan.FromDays(3650);

    public static IEnumerable<string> Check(NotificationOptions options) =>
    [
        .. new NotificationFieldRules().Validate(Root, options).Failures ?? [],
        .. Together(options),
        .. options.Mail is { } mail ? Mail(mail) : [],
        .. options.Webhooks.SelectMany(hook => Webhook($"{Root}:Webhooks:{hook.Key}", hook.Key, hook.Value)),
    ];

    private static IEnumerable<string> Together(NotificationOptions options)
    {
        if (options.ExpiryThresholds.Count == 0 && !options.WaitingApprovals)
        {
            yield return $"{Root} tells of nothing: set {Root}:ExpiryThresholds or {Root}:WaitingApprovals, or remove the section.";
        }

        if (options.Mail is null && options.Webhooks.Count == 0)
        {
            yield return $"{Root} tells nobody: set {Root}:Mail or {Root}:Webhooks, or remove the section.";
        }

        if (options.ExpiryThresholds.Any(threshold => threshold < ShortestThreshold || threshold > LongestThreshold)
            || options.ExpiryThresholds.Distinct().Count() != options.ExpiryThresholds.Count)
        {
            yield return $"{Root}:ExpiryThresholds must be different times from {ShortestThreshold} to {LongestThreshold}.";
        }
    }

    private static IEnumerable<string> Mail(MailOptions mail)
    {
        const string section = $"{Root}:Mail";
        if (mail.To.Count == 0 && !mail.NotifyHolder)
        {
            yield return $"{section}:To names nobody.";
        }

        foreach (string address in mail.To.Append(mail.From).Where(address => !MailAddress.TryCreate(address, out _)))
        {
            yield return $"{section}: '{address}' is no e-mail address.";
        }

        if ((mail.Username is null) != (mail.PasswordFile is null))
        {
            yield return $"{section}:Username and {section}:PasswordFile go together.";
        }

        if (mail is { AllowPlain: true, Username: not null })
        {
            yield return $"{section}:Username would be sent to a server without TLS; {section}:AllowPlain excludes it.";
        }
    }

    private static IEnumerable<string> Webhook(string section, string name, WebhookOptions hook)
    {
        foreach (string failure in new WebhookFieldRules().Validate(section, hook).Failures ?? [])
        {
            yield return failure;
        }

        if (name.Length > LongestName)
        {
            yield return $"{section}: the name is longer than {LongestName} characters.";
        }

        if (!Uri.TryCreate(hook.Url, UriKind.Absolute, out Uri? url) || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp) || url.UserInfo.Length > 0)
        {
            yield return $"{section}:Url must be an https address without credentials.";
        }
        else if (url.Scheme == Uri.UriSchemeHttp && !hook.AllowHttp)
        {
            yield return $"{section}:Url has no TLS. Use https, or set {section}:AllowHttp.";
        }
    }
}
