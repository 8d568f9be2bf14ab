using AdminWeb.SignIn;
using Ca.Core.Roles;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pki.Protocols.Trust;

namespace AdminWeb.Pages;

/// <summary>What all pages behind the sign-in share.</summary>
internal abstract class AdminPage : PageModel
{
    /// <summary>The key of the sentence that the next page shows once.</summary>
    public const string NoticeKey = "Notice";

    /// <summary>Who is signed in.</summary>
    public Administrator Me => HttpContext.Features.Get<Administrator>() ?? throw new InvalidOperationException("This page is behind the sign-in.");

    /// <summary>What every operation is asked with.</summary>
    public Actor Actor => Me.Actor;

    protected CancellationToken Cancel => HttpContext.RequestAborted;

    /// <summary>Post, redirect, get: the next page says what was done.</summary>
    protected IActionResult Done(string notice, string path)
    {
        TempData[NoticeKey] = notice;
        return LocalRedirect(path);
    }

    /// <summary>The page that says no. An administrator is no stranger and is told why.</summary>
    protected IActionResult Refuse(Refusal refusal, string what)
    {
        HttpContext.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("AdminWeb.Pages").ActionRefused(Actor.Name, what, refusal.Detail);
        HttpContext.Features.Set(refusal);
        return StatusCode(refusal.Code switch
        {
            RefusalCode.NotAuthorized => StatusCodes.Status403Forbidden,
            RefusalCode.NotFound => StatusCodes.Status404NotFound,
            RefusalCode.Conflict => StatusCodes.Status409Conflict,
            _ => StatusCodes.Status400BadRequest,
        });
    }
}
