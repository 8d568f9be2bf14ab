using Ca.Core.Roles;

namespace AdminWeb.Showing;

/// <summary>A page in the navigation.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Name">What it is called.</param>
internal sealed record Door(string Path, string Name);

/// <summary>Which pages an actor finds in the navigation. It hides only: each page's operations decide for themselves.</summary>
internal static class Rights
{
    public static IEnumerable<Door> Doors(Actor actor)
    {
        yield return new("/", "Overview");
        // Who may revoke may have asked for something that waits.
        if (actor.May(AccessResources.ApproveEndEntity) || actor.May(AccessResources.RevokeEndEntity))
        {
            yield return new("/approvals", "Approvals");
        }

        if (actor.May(AccessResources.ViewCertificate))
        {
            yield return new("/certificates", "Certificates");
        }

        if (actor.May(AccessResources.ViewEndEntity))
        {
            yield return new("/end-entities", "End entities");
        }

        if (actor.May(AccessResources.ViewMessages))
        {
            yield return new("/messages", "Messages");
        }

        yield return new("/authorities", "CAs and CRLs");
        if (actor.May(AccessResources.ReadAudit))
        {
            yield return new("/audit", "Audit log");
        }
    }
}
