using System.Diagnostics;
using Pki.Cli.Output;

namespace Pki.Cli.Demo;

/// <summary>A host of the product as a program file, and how it is started.</summary>
/// <param name="Name">Its project: ScepRaServer, CmpProxy, CaServiceWorker.</param>
/// <param name="Assembly">Its file.</param>
internal sealed record HostProgram(string Name, string Assembly)
{
    private const string FolderVariable = "PKI_HOSTS";

    /// <summary>
    /// Finds it in the folder named by <c>PKI_HOSTS</c>, or beside this program: <c>../../&lt;Project&gt;/&lt;configuration&gt;/</c>.
    /// </summary>
    public static HostProgram Find(string name, Terminal terminal)
    {
        string here = AppContext.BaseDirectory.TrimEnd('/');
        string[] flavours = [Path.GetFileName(here), "release", "debug"];
        string hosts = terminal.Variable(FolderVariable) is { Length: > 0 } folder ? terminal.FullPath(folder) : Path.GetFullPath("../..", here);
        string file = name + ".dll";
        string[] places = [.. flavours.Distinct(StringComparer.Ordinal).Select(flavour => Path.Combine(hosts, name, flavour, file)), Path.Combine(hosts, name, file)];
        return Array.Find(places, File.Exists) is { } found
            ? new(name, found)
            : throw new CliException($"The program {file} is not built: looked for {string.Join(", ", places)}.", $"Build it (./pki does), or name the folder of the hosts with {FolderVariable}.");
    }

    /// <summary>
    /// Starts it as a child that ends with us: its standard input is a pipe that closes when we are gone, whatever ended
    /// us. Its output goes straight into a file. In a session of its own, so that Ctrl-C reaches us first.
    /// </summary>
    public Process Start(string configFile, string logFile, IReadOnlyList<string> arguments)
    {
        const string Script = """log=$1; shift; exec "$@" >>"$log" 2>&1""";
        List<string> command = ["/bin/sh", "-c", Script, Name, logFile, .. Call(configFile, arguments)];
        if (File.Exists("/usr/bin/setsid"))
        {
            command.Insert(0, "/usr/bin/setsid");
        }

        return Start(command, Path.GetDirectoryName(Assembly)!);
    }

    /// <summary>Runs it to its end with our output, and in our folder; when cancelled it is asked to stop.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> RunAsync(string configFile, IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        using Process child = Start(Call(configFile, arguments), Directory.GetCurrentDirectory());
        await using CancellationTokenRegistration asked = cancel.Register(child.StandardInput.Close);
        await child.WaitForExitAsync(CancellationToken.None);
        cancel.ThrowIfCancellationRequested();
        return child.ExitCode;
    }

    private List<string> Call(string configFile, IReadOnlyList<string> arguments) =>
        [DotNet, Assembly, "--config", configFile, "--ExitWithParent", "true", .. arguments];

    private Process Start(List<string> command, string folder)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            WorkingDirectory = folder,
        };
        foreach (string name in start.Environment.Keys.Where(LeadsAstray).ToList())
        {
            start.Environment.Remove(name);
        }

        return Process.Start(start) ?? throw new CliException($"{Name} could not be started.", "Check that dotnet runs.");
    }

    private static string DotNet =>
        Environment.ProcessPath is { } own && Path.GetFileNameWithoutExtension(own) is "dotnet" ? own : "dotnet";

    // Addresses from the environment would win over those of the demo's configuration.
    private static bool LeadsAstray(string variable) =>
        variable.StartsWith("ASPNETCORE_", StringComparison.Ordinal) || variable.StartsWith("Kestrel", StringComparison.OrdinalIgnoreCase)
        || variable is "URLS" or "DOTNET_URLS" or "HTTP_PORTS";
}
