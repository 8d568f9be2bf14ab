namespace Pki.Cli.Doctor;

/// <summary>Files that hold secrets must be there, and be nobody else's business.</summary>
internal static class SecretFiles
{
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
    private const UnixFileMode Group = UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    /// <summary>Looks at one file.</summary>
    /// <returns>True when it is there.</returns>
    public static bool Check(Findings findings, string key, string path)
    {
        if (!File.Exists(path))
        {
            findings.Fail($"{key} names '{path}', which does not exist.", "Bring the file back, or correct the path.");
            return false;
        }

        UnixFileMode mode = File.GetUnixFileMode(path);
        if ((mode & Others) != UnixFileMode.None)
        {
            findings.Fail($"{key}: everybody on this machine can read or change '{path}'.", $"chmod 600 '{path}'; if others may have read it, replace the secret.");
        }
        else if ((mode & Group) != UnixFileMode.None)
        {
            findings.Warn($"{key}: the group of '{path}' can read or change it.", $"chmod 600 '{path}', unless the group is the program's own.");
        }

        return true;
    }
}
