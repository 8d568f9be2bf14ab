using System.ComponentModel.DataAnnotations;
using AdminWeb.SignIn;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pki.Protocols.Trust;

namespace AdminWeb.Pages;

/// <summary>
/// Where the demonstration's link leads. Looking at it does nothing, so that no preview of a link uses it up; the button
/// signs in.
/// </summary>
internal sealed class DemoLinkModel(DemoLink link, FailedSignIns failed) : PageModel
{
    [BindProperty(SupportsGet = true), Required, StringLength(200)]
    public string Token { get; set; } = "";

    public IActionResult OnGet() => link.IsOn && DemoLink.IsLocal(HttpContext.Connection) ? Page() : NotFound();

    public IActionResult OnPost()
    {
        if (!link.Redeem(Token, HttpContext.Connection).Succeeded(out string? cookie, out Refusal? refusal))
        {
            failed.Add(HttpContext.Connection.RemoteIpAddress?.ToString() ?? "?", refusal.Detail);
            HttpContext.Features.Set(refusal);
            return StatusCode(StatusCodes.Status403Forbidden);
        }

        Response.Cookies.Append(DemoLink.Cookie, cookie, new() { HttpOnly = true, Secure = true, SameSite = SameSiteMode.Strict, Path = "/", IsEssential = true });
        return LocalRedirect("/");
    }
}
