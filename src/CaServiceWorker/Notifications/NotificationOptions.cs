using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CaServiceWorker.Notifications;

/// <summary>Who is told of what. Without this section nobody is told anything.</summary>
internal sealed class NotificationOptions
{
    public const string Section = "Notifications";

    /// <summary>How often to look.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long before its end a certificate is told of; each threshold once. Empty: never.</summary>
    public IList<TimeSpan> ExpiryThresholds { get; } = [];

    /// <summary>Tell of approvals that wait for people.</summary>
    public bool WaitingApprovals { get; set; }

    /// <summary>The most notices to one target in one look; the others wait for the next.</summary>
    [Range(1, 10_000)]
    public int MaxPerLook { get; set; } = 100;

    /// <summary>Attempts before a notice is given up. The pause between them doubles from a minute to six hours.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 12;

    /// <summary>Folder with <c>expiring.txt</c> and <c>approval.txt</c> instead of the built-in texts.</summary>
    public string? TemplateFolder { get; set; }

    /// <summary>Tell by e-mail.</summary>
    [ValidateObjectMembers]
    public MailOptions? Mail { get; set; }

    /// <summary>Tell programs, by name.</summary>
    public IDictionary<string, WebhookOptions> Webhooks { get; } = new Dictionary<string, WebhookOptions>(StringComparer.Ordinal);
}

/// <summary>The mail server that takes notices, and who gets them.</summary>
internal sealed class MailOptions
{
    /// <summary>Its name.</summary>
    [Required]
    public string Host { get; set; } = "";

    /// <summary>Its port; submission (RFC 6409).</summary>
    [Range(1, 65535)]
    public int Port { get; set; } = 587;

    /// <summary>Accept a server without STARTTLS (RFC 3207): everybody on the way reads along. Logged.</summary>
    public bool AllowPlain { get; set; }

    /// <summary>Account at the server; null: none.</summary>
    public string? Username { get; set; }

    /// <summary>File whose first line is the password of the account.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>The sender.</summary>
    [Required]
    public string From { get; set; } = "";

    /// <summary>Who gets every notice.</summary>
    public IList<string> To { get; } = [];

    /// <summary>The end entity gets notices of its certificates, too, where it has an address. RAs choose these addresses.</summary>
    public bool NotifyHolder { get; set; }

    /// <summary>How long one message may take.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>A program that takes notices as JSON by HTTP POST.</summary>
internal sealed class WebhookOptions
{
    /// <summary>Its address, https unless <see cref="AllowHttp"/>.</summary>
    [Required]
    public string Url { get; set; } = "";

    /// <summary>File whose first line is the secret that the signature is made with; at least 32 characters.</summary>
    [Required]
    public string SecretFile { get; set; } = "";

    /// <summary>Accept an address without TLS: everybody on the way reads along. Logged.</summary>
    public bool AllowHttp { get; set; }

    /// <summary>PEM certificates that the server's certificate must lead to, instead of those the system trusts.</summary>
    public string? TrustFile { get; set; }

    /// <summary>How long one notice may take.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}
