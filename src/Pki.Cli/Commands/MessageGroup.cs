using System.CommandLine;
using ExtRa.Messages.Store;
using Pki.Cli.Configuration;
using Pki.Cli.Output;

namespace Pki.Cli.Commands;

/// <summary><c>pki message</c>: the mailbox between front ends and CA.</summary>
internal sealed class MessageGroup(Frame frame)
{
    private const int PurgeStep = 1000;
    private const int LookThrough = 5000;

    private readonly Option<string?> dataSource = new("--data-source") { Description = "Which message database; needed only when there are several.", HelpName = "NAME" };
    private readonly Option<MessageStatus?> status = new("--status") { Description = "Only messages that are waiting, inProcess or processed." };
    private readonly Option<MessageType?> type = new("--type") { Description = "Only messages of one kind of front end." };
    private readonly Option<string?> messageId = new("--message-id") { Description = "Only this transaction.", HelpName = "ID" };
    private readonly Option<bool> content = new("--content") { Description = "Print the sealed message column too." };
    private readonly Option<TimeSpan> olderThan = Durations.Option("--older-than", "Answered at least this long ago: 30d, 12h, '1d 6h'.");
    private readonly Argument<string> which = new("message") { Description = "Its uniqueId, its message id, or its request code (K7QX-3M9P)." };

    public Command Create() => Frame.Group(
        "message",
        "The message database between front ends and CA: look, release, purge.",
        frame.Command("list", "Lists messages, newest first.", [dataSource, status, type, messageId, Shared.Limit], ListAsync),
        frame.Command("show", "Shows one message; its sealed content only when asked for.", [which, dataSource, content], ShowAsync),
        frame.Command("release", "Makes a message that is set aside, or that a dead worker holds, be processed now.", [which, dataSource, Shared.Yes], ReleaseAsync),
        frame.Command("take-over", "Makes waiting again what a stopped legacy worker had taken and not answered.", [dataSource, Shared.Yes], TakeOverAsync),
        frame.Command("purge", "Removes answered messages.", [olderThan, dataSource, Shared.Yes], PurgeAsync));

    private async Task ListAsync(Call call)
    {
        await using MessageDatabase database = Open(call);
        var filter = new MessageFilter(call.Get(status), call.Get(type), call.Get(messageId), call.Get(Shared.Limit));
        IReadOnlyList<MessageRow> rows = await database.Messages.ListAsync(filter, call.Cancel);
        DateTimeOffset now = call.Terminal.Clock.GetUtcNow();
        call.Printer.List([.. rows.Select(row => MessageView.Of(row, now))], MessageView.Columns, "No messages.");
    }

    private async Task ShowAsync(Call call)
    {
        await using MessageDatabase database = Open(call);
        MessageRow row = await FindAsync(database.Messages, call);
        MessageView view = MessageView.Of(row, call.Terminal.Clock.GetUtcNow());
        call.Printer.Show(call.Get(content) ? view with { Content = row.Message } : view, MessageView.Fields);
    }

    private async Task ReleaseAsync(Call call)
    {
        await using MessageDatabase database = Open(call);
        MessageRow row = await FindAsync(database.Messages, call);
        switch (row)
        {
            case { Status: MessageStatus.Processed }:
                throw new CliException($"The message '{row.MessageId}' is answered.", "There is nothing to release.");
            case { IsLeftByLegacyWorker: true }:
                throw new CliException($"A legacy worker has taken the message '{row.MessageId}'.", "When that worker is stopped, pki message take-over brings back all that it has left.");
            case { Status: MessageStatus.InProcess, LeaseOwner: { } owner }:
                Shared.Confirm(call, $"The worker '{owner}' holds this message; if it lives, two will work on it (one answer will be kept).");
                await database.Messages.ReleaseAsync(row.UniqueId, owner, row.Attempts, TimeSpan.Zero, countsAsAttempt: false, call.Cancel);
                break;
            default:
                await database.Messages.WakeAsync([row.UniqueId], call.Cancel);
                break;
        }

        MessageRow after = await database.Messages.FindAsync(row.UniqueId, call.Cancel) ?? row;
        call.Printer.Done(MessageView.Of(after, call.Terminal.Clock.GetUtcNow()), $"Released: {row.MessageId}");
    }

    private async Task TakeOverAsync(Call call)
    {
        await using MessageDatabase database = Open(call);
        Shared.Confirm(call, "Everything that a legacy worker holds is processed here. If it still runs, it will issue too.");
        int taken = await database.Messages.TakeOverAsync(call.Cancel);
        call.Printer.Done(new { TakenOver = taken }, $"Taken over: {Texts.Number(taken)}");
    }

    private async Task PurgeAsync(Call call)
    {
        TimeSpan age = call.Get(olderThan);
        Shared.Confirm(call, $"Messages answered more than {Texts.Span(age)} ago are removed; clients that still poll for them find nothing.");
        await using MessageDatabase database = Open(call);
        long removed = await call.Printer.WaitAsync("Removing answered messages …", async () =>
        {
            long total = 0;
            long step;
            do
            {
                step = await database.Messages.PurgeAsync(age, PurgeStep, call.Cancel);
                total += step;
            }
            while (step == PurgeStep);
            return total;
        });
        call.Printer.Done(new { Removed = removed }, $"Removed: {Texts.Number(removed)}");
    }

    private MessageDatabase Open(Call call) => MessageSource.Choose(call.Configuration, call.Get(dataSource)).Open(call.Terminal.Clock);

    /// <summary>By uniqueId, by message id, or by the code a person read over the telephone.</summary>
    private async Task<MessageRow> FindAsync(IMessageStore messages, Call call)
    {
        string name = call.Get(which);
        if (await messages.FindAsync(name, call.Cancel) is { } exact)
        {
            return exact;
        }

        IReadOnlyList<MessageRow> found = await messages.ListAsync(new MessageFilter(MessageId: name), call.Cancel);
        if (found.Count == 0)
        {
            string code = name.ToUpperInvariant();
            found = [.. (await messages.ListAsync(new MessageFilter(Limit: LookThrough), call.Cancel)).Where(row => MessageView.CodeOf(row) == code)];
        }

        return found.Count switch
        {
            0 => throw new CliException($"There is no message '{name}'.", "pki message list shows what there is."),
            1 => await messages.FindAsync(found[0].UniqueId, call.Cancel) ?? found[0],
            _ => throw new CliException($"'{name}' means {found.Count} messages.", $"Name one by its uniqueId: {string.Join(", ", found.Take(5).Select(row => row.UniqueId))}."),
        };
    }
}
