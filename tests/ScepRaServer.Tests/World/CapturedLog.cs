using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ScepRaServer.Tests.World;

/// <summary>All that was logged.</summary>
internal sealed class CapturedLog : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<LogEntry> entries = new();

    public IReadOnlyList<LogEntry> Entries => [.. entries];

    public string Text => string.Join('\n', entries.Select(entry => entry.Text));

    public IEnumerable<LogEntry> OfId(int id) => entries.Where(entry => entry.Id == id);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        entries.Enqueue(new(logLevel, eventId.Id, formatter(state, exception) + exception));

    public void Dispose()
    {
    }
}

/// <summary>One line of the log.</summary>
internal sealed record LogEntry(LogLevel Level, int Id, string Text);
