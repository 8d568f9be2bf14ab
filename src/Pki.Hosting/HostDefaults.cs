using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Pki.Hosting;

/// <summary>What every host of the product does the same way (ARCHITECTURE.md 8).</summary>
public static class HostDefaults
{
    /// <summary>The prefix of environment variables: <c>PKI__Worker__Interval=00:00:01</c>.</summary>
    public const string EnvironmentPrefix = "PKI__";

    internal static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Configuration (files, <c>PKI__</c> variables, command line, in rising order), logging, telemetry, clock, and
    /// a stop that lets what is being signed be finished.
    /// </summary>
    /// <param name="builder">The host being built.</param>
    /// <param name="serviceName">The name in logs and traces.</param>
    /// <param name="args">The command line; <c>--config FILE</c> adds a configuration file.</param>
    public static void AddPkiDefaults(this IHostApplicationBuilder builder, string serviceName, string[] args)
    {
        if (ConfigFile(args) is { } file)
        {
            builder.Configuration.AddJsonFile(Path.GetFullPath(file), optional: false, reloadOnChange: false);
        }

        builder.Configuration.AddEnvironmentVariables(EnvironmentPrefix);
        builder.Configuration.AddCommandLine(args);

        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd HH:mm:ss.fff ";
        });

        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        builder.AddPkiTelemetry(serviceName);
        if (builder.Configuration.GetValue<bool>("ExitWithParent"))
        {
            builder.Services.AddHostedService<ExitWithParent>();
        }
    }

    private static string? ConfigFile(string[] args)
    {
        int at = Array.IndexOf(args, "--config");
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }
}
