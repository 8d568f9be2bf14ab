using AdminWeb.SignIn;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pki.Protocols.Trust;

namespace AdminWeb.Pages;

/// <summary>
/// What is said instead of a page. Reached by any method, so without anti-forgery check: it does nothing.
/// A stranger learns a refusal's code; who is signed in also why.
/// </summary>
[IgnoreAntiforgeryToken]
internal sealed class StatusModel(ILogger<StatusModel> log) : PageModel
{
    public int Code { get; private set; }

    public Refusal? Refusal => HttpContext.Features.Get<Refusal>();

    public bool IsSignedIn => HttpContext.Features.Get<Administrator>() is not null;

    public string Heading => (Code, IsSignedIn) switch
    {
        (403, false) => "Not signed in",
        (403, true) => "Not allowed",
        (404, _) => "Not found",
        (409, _) => "Somebody was faster",
        (400 or 413, _) => "Not understood",
        _ => "Something went wrong",
    };

    public string Words => (Code, Refusal) switch
    {
        (403, { Code: RefusalCode.NotSigned }) => "The browser sent no certificate. Import your administrator's certificate into the browser, then open this page again.",
        (403, { } refusal) when !IsSignedIn => $"Your certificate is not accepted ({refusal.Code}). The CA's operator finds the reason in the log.",
        (_, { } refusal) when IsSignedIn => refusal.Detail,
        (404, _) => "There is no such page.",
        (400, _) => "A value was missing or too long, or the form was too old. Go back, load the page again, and repeat.",
        _ => "The reason is in the log.",
    };

    public void OnGet(int code) => Say(code);

    public void OnPost(int code) => Say(code);

    private void Say(int code)
    {
        Code = code is >= 400 and <= 599 ? code : 404;
        if (HttpContext.Features.Get<IExceptionHandlerFeature>() is { Error: { } fault })
        {
            log.PageFailed(fault);
        }

        // Asked for directly, the page is no success either.
        Response.StatusCode = Code;
    }
}
