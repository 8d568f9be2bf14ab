using System.Security.Cryptography;
using System.Text;

namespace Pki.Cli.Demo;

/// <summary>
/// Where the demo's PostgreSQL keeps its data. PostgreSQL does not run as root; started by root it runs as another user,
/// who must be able to enter every folder above its own. A clone under a closed home is not such a place.
/// </summary>
internal static class DatabaseFolder
{
    private const string Elsewhere = "/var/lib/pki-demo";
    private const UnixFileMode Enterable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The wanted folder, or one elsewhere that belongs to it alone.</summary>
    /// <param name="wanted">Inside the demo's folder.</param>
    /// <param name="asRoot">PostgreSQL will run as another user.</param>
    public static string Choose(string wanted, bool asRoot)
    {
        if (!asRoot)
        {
            return wanted;
        }

        // The demo's own folder is closed like everything that holds keys; letting others pass through shows them nothing,
        // because what lies in it is closed itself.
        string demo = Path.GetDirectoryName(wanted)!;
        File.SetUnixFileMode(demo, File.GetUnixFileMode(demo) | UnixFileMode.OtherExecute);
        if (FirstClosed(demo) is null)
        {
            return wanted;
        }

        Directory.CreateDirectory(Elsewhere, Enterable);
        return Path.Combine(Elsewhere, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(wanted)))[..12]);
    }

    /// <summary>The topmost folder on the way that other users may not enter; null when there is none.</summary>
    internal static string? FirstClosed(string folder)
    {
        string? above = Path.GetDirectoryName(folder);
        return (above is null ? null : FirstClosed(above))
            ?? (File.GetUnixFileMode(folder).HasFlag(UnixFileMode.OtherExecute) ? null : folder);
    }
}
