using System.Security.Cryptography.X509Certificates;
using Pki.Protocols.Trust;

namespace AdminWeb.SignIn;

/// <summary>Stands before every page: a request goes on only with an <see cref="Administrator"/>.</summary>
internal sealed class SignInGate(CertificateSignIn certificates, DemoLink demo, FailedSignIns failed, SignInJournal journal)
{
    private static readonly Refusal NoCertificate = new(RefusalCode.NotSigned, "The browser sent no certificate.");

    public async Task PassAsync(HttpContext http, RequestDelegate next)
    {
        if (IsOpenToAll(http.Request.Path))
        {
            await next(http);
            return;
        }

        string remote = http.Connection.RemoteIpAddress?.ToString() ?? "?";
        if (!(await IdentifyAsync(http)).Succeeded(out Administrator? who, out Refusal? refusal))
        {
            failed.Add(remote, refusal.Detail);
            http.Features.Set(refusal); // the page that follows tells its code, never its detail
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        await journal.NoteAsync(who, remote, http.RequestAborted);
        http.Features.Set(who);
        http.User = who.ToPrincipal();
        await next(http);
    }

    private async Task<Outcome<Administrator>> IdentifyAsync(HttpContext http)
    {
        if (await demo.FindAsync(http.Request.Cookies[DemoLink.Cookie], http.Connection, http.RequestAborted) is { } guest)
        {
            return guest;
        }

        X509Certificate2? presented = await http.Connection.GetClientCertificateAsync(http.RequestAborted);
        return presented is null ? NoCertificate : await certificates.IdentifyAsync(presented, http.RequestAborted);
    }

    private static bool IsOpenToAll(PathString path) =>
        path.StartsWithSegments("/status", StringComparison.Ordinal) || path.StartsWithSegments("/health", StringComparison.Ordinal)
        || path == DemoLink.Path || path == Assets.StyleSheet.Path;
}
