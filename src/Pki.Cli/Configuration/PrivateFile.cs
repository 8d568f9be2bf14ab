using System.Security.Cryptography;
using System.Text;

namespace Pki.Cli.Configuration;

/// <summary>
/// Writes files whole or not at all: beside their place, forced to disk, then renamed. A reader, or a program killed
/// half-way, never meets half a file.
/// </summary>
internal static class PrivateFile
{
    /// <summary>Only the owner reads and writes: keys, passwords, and what holds them.</summary>
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Everybody reads: certificates, CRLs.</summary>
    public const UnixFileMode Public = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const UnixFileMode OwnerOnlyFolder = OwnerOnly | UnixFileMode.UserExecute;
    private const int SecretBytes = 24;

    /// <summary>Writes a file for the owner alone.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content) => Write(path, content, OwnerOnly);

    /// <summary>Writes text for the owner alone.</summary>
    public static void Write(string path, string content) => Write(path, Encoding.UTF8.GetBytes(content), OwnerOnly);

    /// <summary>Writes a file that everybody may read.</summary>
    public static void WritePublic(string path, ReadOnlySpan<byte> content) => Write(path, content, Public);

    /// <summary>Writes text that everybody may read.</summary>
    public static void WritePublic(string path, string content) => Write(path, Encoding.UTF8.GetBytes(content), Public);

    /// <summary>A file whose only line is a new random secret; one that is there is kept.</summary>
    public static void EnsureSecret(string path)
    {
        if (!File.Exists(path))
        {
            Write(path, RandomSecret() + "\n");
        }
    }

    /// <summary>192 random bits as text that needs no quoting anywhere.</summary>
    public static string RandomSecret() =>
        Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes)).Replace('+', '-').Replace('/', '_');

    /// <summary>A folder that only the owner may enter; one that is there is kept as it is.</summary>
    public static void EnsureFolder(string path) => Directory.CreateDirectory(path, OwnerOnlyFolder);

    private static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        string unfinished = $"{path}.{Environment.ProcessId}.new";
        File.Delete(unfinished); // left behind by a killed process of the same number
        using (var file = new FileStream(unfinished, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode }))
        {
            File.SetUnixFileMode(file.SafeFileHandle, mode); // the umask may have taken bits from a public file
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(unfinished, path, overwrite: true);
    }
}
