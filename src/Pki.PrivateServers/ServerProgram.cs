using System.Diagnostics;

namespace Pki.PrivateServers;

/// <summary>A program that runs to its end: initdb, mariadb-install-db, a database client.</summary>
/// <param name="Path">The program.</param>
/// <param name="Arguments">Its arguments; never a secret, because every local user can read them.</param>
internal sealed record ServerProgram(string Path, IReadOnlyList<string> Arguments)
{
    /// <summary>The account to run as.</summary>
    public ServiceAccount Account { get; init; } = new((string?)null);

    /// <summary>Text for its standard input.</summary>
    public string Input { get; init; } = "";

    /// <summary>Finds a program in one of <paramref name="folders"/> or on PATH.</summary>
    /// <exception cref="ServerNotInstalledException">It is not there.</exception>
    public static string Find(string program, string debianPackage, IEnumerable<string> folders) =>
        Search(program, folders) ?? throw new ServerNotInstalledException(program, debianPackage);

    /// <summary>Finds a program in one of <paramref name="folders"/> or on PATH; null when it is not there.</summary>
    public static string? Search(string program, IEnumerable<string> folders) =>
        folders
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
            .Select(folder => System.IO.Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    /// <summary>How a child of ours is started: no shell, no inherited server settings, the right account.</summary>
    public static ProcessStartInfo StartInfo(string path, IEnumerable<string> arguments, ServiceAccount account)
    {
        var start = new ProcessStartInfo(path, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            UserName = account.UserName,
            WorkingDirectory = "/",
        };
        foreach (string name in start.Environment.Keys.Where(IsServerSetting).ToList())
        {
            start.Environment.Remove(name);
        }

        return start;
    }

    /// <summary>Runs it to the end.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="PrivateServerException">It failed; the message holds what it printed.</exception>
    public async Task<string> RunAsync(CancellationToken cancel)
    {
        ProcessStartInfo start = StartInfo(Path, Arguments, Account);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancel);
        Task<string> errors = process.StandardError.ReadToEndAsync(cancel);
        await process.StandardInput.WriteAsync(Input.AsMemory(), cancel);
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancel);
        string printed = await output;
        return process.ExitCode == 0
            ? printed
            : throw new PrivateServerException($"{Path} failed ({process.ExitCode}): {await errors}{printed}{Hint()}");
    }

    // PGDATA, PGHOST, MYSQL_HOST and the like would lead our own servers astray.
    private static bool IsServerSetting(string name) =>
        name.StartsWith("PG", StringComparison.Ordinal) || name.StartsWith("MYSQL_", StringComparison.Ordinal) || name.StartsWith("MARIADB_", StringComparison.Ordinal);

    private string Hint() => Account.UserName is null
        ? ""
        : $" (It ran as '{Account.UserName}', which must be able to enter every parent of its folder.)";
}
