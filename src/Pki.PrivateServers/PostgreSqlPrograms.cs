namespace Pki.PrivateServers;

/// <summary>Where PostgreSQL's programs are on this machine.</summary>
/// <param name="Server">The server itself.</param>
/// <param name="Initializer">What makes a new data folder.</param>
internal sealed record PostgreSqlPrograms(string Server, string Initializer)
{
    private const string DebianFolder = "/usr/lib/postgresql";
    private const string DebianPackage = "postgresql";

    /// <summary>
    /// The programs of the version that wrote <paramref name="data"/>, because a server reads only its own major
    /// version's files; for new data the newest.
    /// </summary>
    public static PostgreSqlPrograms Find(string data)
    {
        string versionFile = VersionFile(data);
        string? version = File.Exists(versionFile) ? File.ReadAllText(versionFile).Trim() : null;
        string[] folders = Directory.Exists(DebianFolder) ? Directory.GetDirectories(DebianFolder) : [];
        List<string> programs =
        [
            .. folders
                .Where(folder => version is null || Path.GetFileName(folder) == version)
                .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out int major) ? major : 0)
                .Select(folder => Path.Combine(folder, "bin")),
        ];
        return new(ServerProgram.Find("postgres", DebianPackage, programs), ServerProgram.Find("initdb", DebianPackage, programs));
    }

    /// <summary>
    /// Makes the data folder if there is none: beside its final place and then renamed, so that an interrupted
    /// attempt never looks like a database.
    /// </summary>
    public async Task InitializeAsync(string data, string owner, ServiceAccount account, CancellationToken cancel)
    {
        if (File.Exists(VersionFile(data)))
        {
            return;
        }

        string unfinished = data + ".new";
        ServerFolder.Remove(unfinished);
        // The socket's folder keeps strangers out, so the socket asks for no password; TCP does.
        string[] arguments =
        [
            "-D", unfinished, "-U", owner, "--auth-local=trust", "--auth-host=scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
        ];
        await new ServerProgram(Initializer, arguments) { Account = account }.RunAsync(cancel);
        Directory.Move(unfinished, data);
    }

    private static string VersionFile(string data) => Path.Combine(data, "PG_VERSION");
}
