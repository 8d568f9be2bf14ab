using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace AdminWeb.Tests;

/// <summary>Keeps what the host logs.</summary>
internal sealed class HostLog : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> lines = new();

    public IReadOnlyCollection<string> Lines => [.. lines];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        lines.Enqueue($"[{eventId.Id}] {formatter(state, exception)} {exception}");

    public void Dispose()
    {
    }
}
