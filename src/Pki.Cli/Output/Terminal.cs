namespace Pki.Cli.Output;

/// <summary>The world around one command: its streams, its environment and its clock, so that tests can give others.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">Errors and progress.</param>
/// <param name="WorkingDirectory">What relative paths are relative to.</param>
/// <param name="Variable">Environment variables.</param>
/// <param name="Clock">Now.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error, string WorkingDirectory, Func<string, string?> Variable, TimeProvider Clock)
{
    /// <summary>A person watches standard output.</summary>
    public bool IsInteractive { get; init; }

    /// <summary>Columns of the screen.</summary>
    public int Width { get; init; } = int.MaxValue;

    /// <summary>The streams and the environment of this process.</summary>
    public static Terminal OfThisProcess() =>
        new(Console.Out, Console.Error, Directory.GetCurrentDirectory(), Environment.GetEnvironmentVariable, TimeProvider.System)
        {
            IsInteractive = !Console.IsOutputRedirected && !Console.IsErrorRedirected,
            Width = Console.IsOutputRedirected ? int.MaxValue : Math.Max(Console.WindowWidth, 40),
        };

    /// <summary>A path as the user meant it.</summary>
    public string FullPath(string path) => Path.GetFullPath(path, WorkingDirectory);
}
