using System.Security.Claims;
using Ca.Core.Roles;

namespace AdminWeb.SignIn;

/// <summary>Who is signed in, for one request.</summary>
/// <param name="Actor">What every operation is asked with; its rights decide.</param>
/// <param name="Id">Tells this administrator from all others: binds the anti-forgery tokens.</param>
/// <param name="How">By which means, for people.</param>
internal sealed record Administrator(Actor Actor, string Id, string How)
{
    /// <summary>For the parts of the framework that want one.</summary>
    public ClaimsPrincipal ToPrincipal() =>
        new(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, Id), new(ClaimTypes.Name, Actor.Name)], authenticationType: "pki"));
}
