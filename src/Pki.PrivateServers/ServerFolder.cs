namespace Pki.PrivateServers;

/// <summary>Rules about the folders private servers live in.</summary>
internal static class ServerFolder
{
    /// <summary>A throw-away server removes its folder, so the folder must not hold anything of somebody else's.</summary>
    public static void RefuseToThrowAway(string directory, bool throwAway)
    {
        if (throwAway && Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any())
        {
            throw new PrivateServerException($"'{directory}' is not empty, and a throw-away server would remove it at its end.");
        }
    }

    /// <summary>Removes a folder, if there is one.</summary>
    public static void Remove(string? directory)
    {
        if (directory is not null && Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
