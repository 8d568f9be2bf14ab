namespace Pki.PrivateServers;

/// <summary>
/// The account a server runs as. Database servers refuse to run as root, so root lends them an unprivileged account;
/// everybody else runs them as himself.
/// </summary>
/// <param name="UserName">The account to change to, or null to stay who we are.</param>
internal sealed record ServiceAccount(string? UserName)
{
    /// <summary>The first of <paramref name="candidates"/> that exists on this machine, if we are root.</summary>
    public static ServiceAccount Choose(params ReadOnlySpan<string> candidates)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return new((string?)null);
        }

        string[] accounts = File.ReadAllLines("/etc/passwd");
        foreach (string candidate in candidates)
        {
            if (Array.Exists(accounts, line => line.StartsWith(candidate + ":", StringComparison.Ordinal)))
            {
                return new(candidate);
            }
        }

        throw new PrivateServerException($"A database server does not run as root, and none of these accounts exists: {string.Join(", ", candidates.ToArray())}.");
    }

    /// <summary>Makes a folder that this account owns and nobody else but root may enter.</summary>
    public async Task OwnAsync(string directory, CancellationToken cancel)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await GiveAsync(directory, cancel);
    }

    /// <summary>Hands a file or folder that root wrote to this account.</summary>
    public async Task GiveAsync(string path, CancellationToken cancel)
    {
        if (UserName is not null)
        {
            await new ServerProgram("chown", [UserName, path]).RunAsync(cancel);
        }
    }

    /// <summary>Writes a file that only this account and root may read.</summary>
    public async Task WriteSecretAsync(string path, string text, CancellationToken cancel)
    {
        File.Delete(path);
        var onlyOwner = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        await using (var writer = new StreamWriter(path, options: onlyOwner))
        {
            await writer.WriteAsync(text.AsMemory(), cancel);
        }

        await GiveAsync(path, cancel);
    }
}
