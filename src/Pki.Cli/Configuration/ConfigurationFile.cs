using Pki.Cli.Output;

namespace Pki.Cli.Configuration;

/// <summary>
/// The CA side's configuration, shared with the worker: <c>--config FILE</c>, else <c>PKI_CONFIG</c>, else
/// <c>./var/conf/ca.json</c> (the demo's), else <c>/etc/pki/ca.json</c>. <c>PKI__</c> variables override the file.
/// </summary>
/// <param name="Path">The file.</param>
/// <param name="Root">What is in it.</param>
internal sealed record ConfigurationFile(string Path, IConfiguration Root)
{
    public const string PathVariable = "PKI_CONFIG";
    public const string SettingPrefix = "PKI__";
    private const string DemoFile = "var/conf/ca.json";
    private const string SystemFile = "/etc/pki/ca.json";

    /// <summary>Finds and reads it.</summary>
    /// <param name="given">The value of <c>--config</c>, or null.</param>
    /// <param name="terminal">Where we are.</param>
    public static ConfigurationFile Find(string? given, Terminal terminal)
    {
        string? named = given ?? terminal.Variable(PathVariable);
        if (named is not null)
        {
            string path = terminal.FullPath(named);
            return File.Exists(path)
                ? Read(path)
                : throw new CliException($"The configuration file '{path}' does not exist.", $"Correct {(given is null ? PathVariable : "--config")}; ./pki demo writes an example.");
        }

        string[] places = [terminal.FullPath(DemoFile), SystemFile];
        return Read(Array.Find(places, File.Exists) ?? throw new CliException(
            $"No configuration found: neither {string.Join(" nor ", places)} exists.",
            $"Name one with --config FILE or {PathVariable}; ./pki demo writes one."));
    }

    /// <summary>Reads one file.</summary>
    public static ConfigurationFile Read(string path)
    {
        try
        {
            return new(path, new ConfigurationBuilder()
                .AddJsonFile(path, optional: false, reloadOnChange: false)
                .AddEnvironmentVariables(SettingPrefix)
                .Build());
        }
        catch (InvalidDataException fault)
        {
            throw new CliException($"'{path}' is not readable: {fault.InnerException?.Message ?? fault.Message}", "Correct the JSON at that place.", inner: fault);
        }
    }

}
