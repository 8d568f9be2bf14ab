using System.CommandLine;
using Pki.Cli.Configuration;
using Pki.Cli.Output;

namespace Pki.Cli.Commands;

/// <summary>One run of one command: its arguments, its output, and what it opens on the way.</summary>
internal sealed class Call(Frame frame, ParseResult parsed, CancellationToken cancel) : IAsyncDisposable
{
    private ConfigurationFile? configuration;
    private CaSession? ca;

    public CancellationToken Cancel => cancel;

    public Terminal Terminal => frame.Terminal;

    public Printer Printer { get; } = new(frame.Terminal, parsed.GetValue(frame.Json));

    /// <summary>The CA side's configuration, found at first use.</summary>
    public ConfigurationFile Configuration => configuration ??= ConfigurationFile.Find(parsed.GetValue(frame.Config), frame.Terminal);

    /// <summary>The CA's services, opened at first use.</summary>
    public CaSession Ca => ca ??= new CaSession(Configuration.Root, Terminal.Clock);

    public T? Get<T>(Option<T> option) => parsed.GetValue(option);

    public T Get<T>(Argument<T> argument) => parsed.GetRequiredValue(argument);

    /// <summary>An option that is required or has a default.</summary>
    public T Require<T>(Option<T> option) => parsed.GetRequiredValue(option);

    public async ValueTask DisposeAsync()
    {
        if (ca is not null)
        {
            await ca.DisposeAsync();
        }
    }
}
