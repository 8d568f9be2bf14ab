using AdminWeb.Configuration;
using AdminWeb.Messages;
using AdminWeb.Security;
using AdminWeb.SignIn;
using Ca.Core;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace AdminWeb;

/// <summary>Every object of this host, in one place.</summary>
internal static class Composition
{
    // A chain of the audit log has one writer: the worker of this node has its own.
    private const string AuditSuffix = "/web";

    public static void AddAdminWeb(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AdminWebOptions>()
            .BindConfiguration(AdminWebOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<AdminWebOptions>, AdminWebFieldRules>();
        services.AddSingleton<IValidateOptions<AdminWebOptions>, AdminWebRules>();
        services.AddCaCore(options => options.Configure(ca => StrictSections.Fill(configuration.GetSection(StrictSections.Ca), ca))
            .PostConfigure(ca => ca.NodeId += AuditSuffix));

        services.AddSingleton<Mailboxes>();
        services.AddSingleton<CertificateSignIn>();
        services.AddSingleton<DemoLink>();
        services.AddSingleton<FailedSignIns>();
        services.AddSingleton<SignInJournal>();
        services.AddSingleton<SignInGate>();
        services.AddPages();
    }

    private static void AddPages(this IServiceCollection services)
    {
        // Keys live as long as the process: a restart costs an open form a reload, and no key lies on the disk.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddRazorPages(pages => pages.Conventions.ConfigureFilter(new BoundedInput()));
        services.AddAntiforgery(forgery => (forgery.FormFieldName, forgery.SuppressReadingTokenFromFormBody) = ("csrf", false));
        services.Configure<Microsoft.AspNetCore.Antiforgery.AntiforgeryOptions>(forgery => Harden(forgery.Cookie, "__Host-pki-csrf"));
        services.Configure<CookieTempDataProviderOptions>(notice => Harden(notice.Cookie, "__Host-pki-notice"));
        services.AddWebEncoders();
    }

    private static void Harden(CookieBuilder cookie, string name) =>
        (cookie.Name, cookie.HttpOnly, cookie.SecurePolicy, cookie.SameSite, cookie.Path, cookie.IsEssential) =
        (name, true, CookieSecurePolicy.Always, SameSiteMode.Strict, "/", true);
}
