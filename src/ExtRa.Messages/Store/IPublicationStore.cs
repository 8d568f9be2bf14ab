namespace ExtRa.Messages.Store;

/// <summary>Something the worker makes known to the front ends (ARCHITECTURE.md 7).</summary>
/// <param name="Name">What it is, at most 250 characters.</param>
/// <param name="Version">Grows with each publication under this name.</param>
/// <param name="NotBefore">When it begins to be valid.</param>
/// <param name="NotAfter">When it ends to be valid.</param>
/// <param name="Content">The signed content. Only its signature is to be trusted, not this row.</param>
public sealed record Publication(string Name, long Version, DateTimeOffset NotBefore, DateTimeOffset NotAfter, string Content);

/// <summary>The table <c>publication</c>.</summary>
public interface IPublicationStore
{
    /// <summary>Makes a new version known.</summary>
    /// <returns>False if that version is there already; it is left as it is.</returns>
    Task<bool> PublishAsync(Publication publication, CancellationToken cancel);

    /// <summary>The newest version, or null. One longer than <see cref="MessageLimits.MessageLength"/>, which nobody can publish here, is none.</summary>
    Task<Publication?> FindNewestAsync(string name, CancellationToken cancel);

    /// <summary>Removes all but the newest versions.</summary>
    /// <returns>How many were removed.</returns>
    Task<int> PruneAsync(string name, int keep, CancellationToken cancel);
}
