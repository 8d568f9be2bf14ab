using System.CommandLine;
using System.Text.Json.Serialization;
using CaServiceWorker;
using ExtRa.Messages.Store;
using Pki.Cli.Configuration;
using Pki.Cli.Demo;
using Pki.Cli.Output;

namespace Pki.Cli.Commands;

/// <summary><c>pki worker</c>: the workers of this configuration.</summary>
internal sealed class WorkerGroup(Frame frame)
{
    private static readonly IReadOnlyList<Column<WorkerView>> ListColumns =
    [
        Columns.Whole<WorkerView>("Worker", w => w.Name),
        Columns.Text<WorkerView>("Data source", w => w.DataSource),
        Columns.Text<WorkerView>("Types", w => string.Join(", ", w.Types)),
        Columns.Text<WorkerView>("Placement", w => w.Nodes.Count == 0 ? w.Placement.ToString() : $"{w.Placement}: {string.Join(", ", w.Nodes)}"),
        Columns.Text<WorkerView>("RA issuer", w => w.RaIssuer),
        Columns.Text<WorkerView>("Requires", w => Requires(w)),
        Columns.Text<WorkerView>("Waiting", w => w.Queue is { } queue ? Texts.Number(queue.Waiting) : "?"),
        Columns.Text<WorkerView>("In process", w => w.Queue is { } queue ? Texts.Number(queue.InProcess) : "?"),
        Columns.Text<WorkerView>("Oldest", w => w.Queue?.OldestWaiting is { } age ? Texts.Span(age) : null),
    ];

    private readonly Argument<string?> name = new("name") { Description = "One worker; without it all that run on this node.", Arity = ArgumentArity.ZeroOrOne };

    public Command Create() => Frame.Group(
        "worker",
        "The workers that answer the requests in the message databases.",
        frame.Command("list", "Lists the configured workers, and how much waits in their data sources.", [], ListAsync),
        frame.Command("run-once", "Answers what waits now, in a worker program of its own, and ends; prints that program's log.", [name], RunOnceAsync));

    private static async Task ListAsync(Call call)
    {
        IReadOnlyList<MessageSource> sources = MessageSource.All(call.Configuration);
        var queues = new Dictionary<string, QueueView?>(StringComparer.Ordinal);
        var rows = new List<WorkerView>();
        foreach (WorkerEntry worker in WorkerEntry.All(call.Configuration))
        {
            string source = worker.Options.DataSource;
            if (!queues.TryGetValue(source, out QueueView? queue))
            {
                queues[source] = queue = await CountAsync(call, source, sources.FirstOrDefault(known => known.Name == source));
            }

            rows.Add(WorkerView.Of(worker, queue));
        }

        call.Printer.List(rows, ListColumns, $"No workers. Add one under {WorkerEntry.Section} in '{call.Configuration.Path}'.");
    }

    /// <summary>How full a mailbox is. One that cannot be reached does not hide the others.</summary>
    private static async Task<QueueView?> CountAsync(Call call, string name, MessageSource? source)
    {
        if (source is null)
        {
            call.Printer.Warn($"There is no message database '{name}'.");
            return null;
        }

        try
        {
            await using MessageDatabase database = source.Open(call.Terminal.Clock);
            return QueueView.Of(await database.Messages.StatsAsync(call.Cancel));
        }
        catch (MessageStoreUnavailableException fault)
        {
            call.Printer.Warn($"{name}: {fault.Message} pki doctor tells more.");
            return null;
        }
    }

    private async Task<ExitCode> RunOnceAsync(Call call)
    {
        IReadOnlyList<WorkerEntry> workers = WorkerEntry.All(call.Configuration);
        string? only = call.Get(name);
        if (only is not null && workers.All(worker => worker.Name != only))
        {
            throw new CliException($"There is no worker '{only}' in '{call.Configuration.Path}'.", "pki worker list shows the workers.");
        }

        HostProgram program = HostProgram.Find("CaServiceWorker", call.Terminal);
        string[] arguments = ["--RunOnce", "true", .. only is null ? Array.Empty<string>() : ["--OnlyWorker", only]];
        return await program.RunAsync(call.Configuration.Path, arguments, call.Cancel) == 0
            ? ExitCode.Success
            : throw new CliException("The worker could not do its work.", "Its log above says why; pki doctor tells more.");
    }

    private static string Requires(WorkerView worker) => (worker.SignatureRequired, worker.EncryptionRequired) switch
    {
        (true, true) => "signature, encryption",
        (true, false) => "signature",
        (false, true) => "encryption",
        _ => "nothing",
    };

    private sealed record WorkerView(
        string Name,
        string DataSource,
        IEnumerable<MessageType> Types,
        Placement Placement,
        IReadOnlyList<string> Nodes,
        TimeSpan Interval,
        string RaIssuer,
        bool SignatureRequired,
        bool EncryptionRequired,
        IReadOnlyList<string> WhiteList,
        QueueView? Queue)
    {
        public static WorkerView Of(WorkerEntry worker, QueueView? queue) => new(
            worker.Name,
            worker.Options.DataSource,
            worker.Options.Types,
            worker.Options.Placement,
            [.. worker.Options.Nodes],
            worker.Options.Interval,
            worker.Options.RaIssuer,
            worker.Options.SignatureRequired,
            worker.Options.EncryptionRequired,
            [.. worker.Options.WhiteList],
            queue);
    }

    /// <summary>What waits in a data source, whoever will take it.</summary>
    private sealed record QueueView(long Waiting, long SetAside, long InProcess, [property: JsonIgnore] TimeSpan? OldestWaiting)
    {
        public long? OldestWaitingSeconds => (long?)OldestWaiting?.TotalSeconds;

        public static QueueView Of(MessageStats stats) => new(stats.Waiting, stats.SetAside, stats.InProcess, stats.OldestWaiting);
    }
}
