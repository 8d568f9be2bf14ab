namespace Pki.Cli.Output;

/// <summary>One line that is written over and over while long work runs; only where a person watches.</summary>
internal sealed class ProgressLine(Terminal terminal) : IDisposable
{
    private readonly long begin = terminal.Clock.GetTimestamp();
    private string shown = "";

    /// <summary>Shows how far it is.</summary>
    /// <param name="text">What has been done.</param>
    /// <param name="count">How much of it, for the rate since the beginning.</param>
    public void Show(string text, long count)
    {
        if (!terminal.IsInteractive)
        {
            return;
        }

        double seconds = Math.Max(0.1, terminal.Clock.GetElapsedTime(begin).TotalSeconds);
        string line = $"{text}, {count / seconds:N0}/s";
        terminal.Error.Write('\r' + line.PadRight(shown.Length));
        shown = line;
    }

    public void Dispose()
    {
        if (shown.Length > 0)
        {
            terminal.Error.WriteLine();
        }
    }
}
