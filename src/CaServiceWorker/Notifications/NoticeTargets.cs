using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;
using Pki.Protocols.Trust;

namespace CaServiceWorker.Notifications;

/// <summary>Who is told, made once at start: what is wrong with the section stops the start and is said all at once.</summary>
internal sealed class NoticeTargets : IDisposable
{
    private const int ShortestSecret = 32;

    private readonly List<IDisposable> owned = [];

    private NoticeTargets(NotificationOptions options) => Options = options;

    private NoticeTargets(NotificationOptions options, TimeProvider clock)
        : this(options)
    {
        string[] failures = [.. NotificationRules.Check(options)];
        if (failures.Length > 0)
        {
            throw Wrong(failures);
        }

        NoticeTexts texts = NoticeTexts.Read(options.TemplateFolder);
        INoticeTarget[] mail = options.Mail is { } server ? [new MailTarget(server, CredentialOf(server), texts, clock)] : [];
        All = [.. mail, .. options.Webhooks.Select(hook => WebhookOf(hook.Key, hook.Value, clock))];
    }

    public NotificationOptions Options { get; }

    /// <summary>None where there is no section.</summary>
    public IReadOnlyList<INoticeTarget> All { get; } = [];

    /// <summary>The section's targets.</summary>
    /// <exception cref="OptionsValidationException">Lists all that is wrong, naming the keys.</exception>
    public static NoticeTargets Read(IConfiguration configuration, TimeProvider clock)
    {
        IConfigurationSection section = configuration.GetSection(NotificationOptions.Section);
        var options = new NotificationOptions();
        if (!section.Exists())
        {
            return new(options);
        }

        StrictBinding.Bind(section.Path, section, options);
        return new(options, clock);
    }

    public void Dispose() => owned.ForEach(one => one.Dispose());

    private static NetworkCredential? CredentialOf(MailOptions mail) => mail is { Username: { } user, PasswordFile: { } file }
        ? new(user, FirstLine($"{NotificationOptions.Section}:Mail:PasswordFile", file))
        : null;

    private WebhookTarget WebhookOf(string name, WebhookOptions hook, TimeProvider clock)
    {
        string key = $"{NotificationOptions.Section}:Webhooks:{name}";
        string text = FirstLine($"{key}:SecretFile", hook.SecretFile);
        if (text.Length < ShortestSecret)
        {
            throw Wrong($"{key}:SecretFile must hold at least {ShortestSecret} characters.");
        }

        Secret secret = Own(Secret.FromText(text));
        return new(name, hook, secret, Own(Client(key, hook)), clock);
    }

    private static HttpClient Client(string key, WebhookOptions hook)
    {
#pragma warning disable CA2000 // the client owns its handler
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = hook.Timeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5), // so that a moved name is noticed
        };
#pragma warning restore CA2000
        if (hook.TrustFile is { } file)
        {
            handler.SslOptions.CertificateChainPolicy = Trusting($"{key}:TrustFile", file);
        }

        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan }; // each notice has its own, by our clock
    }

    private static X509ChainPolicy Trusting(string key, string file)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(Path.GetFullPath(file));
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw Wrong($"{key}: '{file}' cannot be read: {wrong.Message}");
        }

        return policy.CustomTrustStore.Count > 0 ? policy : throw Wrong($"{key}: '{file}' has no certificate.");
    }

    private static string FirstLine(string key, string file) => File.Exists(file)
        ? File.ReadLines(file).FirstOrDefault() ?? ""
        : throw Wrong($"{key} names '{file}', which does not exist.");

    private T Own<T>(T one)
        where T : IDisposable
    {
        owned.Add(one);
        return one;
    }

    private static OptionsValidationException Wrong(params string[] failures) => new(NotificationOptions.Section, typeof(NotificationOptions), failures);
}
