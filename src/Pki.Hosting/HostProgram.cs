using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Options;

namespace Pki.Hosting;

/// <summary>The main program of a host: what the person who starts it can put right is said in words, not as a stack trace.</summary>
public static class HostProgram
{
    /// <summary>Builds a web host and runs it until it is told to stop.</summary>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(Func<WebApplication> build) => RunAsync(async () =>
    {
        await using WebApplication app = build();
        await app.RunAsync();
        return 0;
    });

    /// <summary>Runs a host.</summary>
    /// <returns>The exit code: 1 when it could not start.</returns>
    public static async Task<int> RunAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception problem) when (IsConfiguration(problem))
        {
            await Console.Error.WriteLineAsync(Explain(problem));
            return 1;
        }
    }

    /// <summary>What went wrong at start, in words: the binder names the key only in the exceptions inside.</summary>
    public static string Explain(Exception problem) =>
        problem.InnerException is { } inner ? $"{problem.Message} {Explain(inner)}" : problem.Message;

    /// <summary>True for what a person must put right in the configuration; its message says what.</summary>
    public static bool IsConfiguration(Exception problem) =>
        problem is OptionsValidationException or KeyStoreException or InvalidOperationException or InvalidDataException or IOException or ArgumentException;
}
