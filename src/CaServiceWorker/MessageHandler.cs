using System.Diagnostics;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Pki.Hosting;
using Pki.Protocols.Trust;

namespace CaServiceWorker;

/// <summary>One claimed message from claim to answer: open → admit → run its parts → seal → answer.</summary>
internal sealed partial class MessageHandler(
    Worker worker, MessageAdmission admission, PartRunner parts, AnswerWriter answers, IMilestones milestones, WorkerMetrics metrics, WorkerTally tally, ILogger<MessageHandler> log)
{
    private const string Away = "away";

    private static readonly ActivitySource Spans = new(Telemetry.SourceName);

    // The wait after a lost race doubles with each attempt up to this.
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromMinutes(1);

    // A database restarts in seconds; however long it takes, no request is given up for it.
    private static readonly TimeSpan AwayPause = TimeSpan.FromSeconds(1);

    /// <returns>False when a database is away, so that the next message would meet the same.</returns>
    public async Task<bool> HandleAsync(ClaimedMessage message, CancellationToken cancel)
    {
        long started = Stopwatch.GetTimestamp();
        milestones.Reached(Milestone.AfterClaim, message.UniqueId);
        string outcome = await HandleGuardedAsync(message, cancel);
        metrics.Handled(message.Type, outcome, Stopwatch.GetElapsedTime(started));
        return outcome != Away;
    }

    private async Task<string> HandleGuardedAsync(ClaimedMessage message, CancellationToken cancel)
    {
        try
        {
            return message.Attempts > worker.Options.MaxAttempts
                ? await RefuseAsync(message, opened: null, new(RefusalCode.InternalFailure, $"Given up after {message.Attempts - 1} attempts."), cancel)
                : await ProcessAsync(message, cancel);
        }
        catch (Exception fault) when (Faults.IsAway(fault))
        {
            LogAway(message.LogId, AwayPause, fault);
            tally.Failed();
            await worker.Store.ReleaseAsync(message.UniqueId, worker.Owner, message.Epoch, AwayPause, countsAsAttempt: false, cancel);
            return Away;
        }
        catch (Exception fault) when (Faults.IsTransient(fault) || message.Attempts < Faults.TriesOfTheUnexpected)
        {
            tally.Failed();
            TimeSpan wait = BackOff(message.Attempts);
            LogReleased(message.LogId, message.Attempts, wait, fault);
            await worker.Store.ReleaseAsync(message.UniqueId, worker.Owner, message.Epoch, wait, countsAsAttempt: true, cancel);
            return "released";
        }
        catch (Exception fault)
        {
            LogFailed(message.LogId, fault);
            return await RefuseAsync(message, opened: null, new(RefusalCode.InternalFailure, $"{fault.GetType().Name}: {fault.Message}"), cancel);
        }
    }

    private async Task<string> ProcessAsync(ClaimedMessage message, CancellationToken cancel)
    {
        if (!admission.Open(message).Succeeded(out OpenedMessage? opened, out Refusal? refusal))
        {
            return await RefuseAsync(message, opened, refusal, cancel);
        }

        using Activity? span = Spans.StartActivity("extra.message", ActivityKind.Consumer, opened.Content.Trace);
        milestones.Reached(Milestone.AfterOpen, message.UniqueId);
        if (!(await admission.AdmitAsync(message, opened, cancel)).Succeeded(out AdmittedMessage? admitted, out refusal))
        {
            return await RefuseAsync(message, opened, refusal, cancel);
        }

        PartsOutcome outcome = await parts.RunAsync(message, admitted, cancel);
        if (outcome.Waiting is { } waiting)
        {
            LogWaits(message.LogId, waiting.Wait, Printable.Of(waiting.Reason));
            await worker.Store.ReleaseAsync(message.UniqueId, worker.Owner, message.Epoch, waiting.Wait, countsAsAttempt: false, cancel);
            return "waits";
        }

        await AnswerAsync(message, opened, outcome.Responses, cancel);
        return "answered";
    }

    private async Task<string> RefuseAsync(ClaimedMessage message, OpenedMessage? opened, Refusal refusal, CancellationToken cancel)
    {
        LogRefused(message.LogId, refusal.Code, Printable.Of(refusal.Detail));
        await parts.RecordRefusalAsync(message, opened, refusal, cancel);
        await AnswerAsync(message, opened, parts.RefuseAll(opened, refusal), cancel);
        return "refused";
    }

    private async Task AnswerAsync(ClaimedMessage message, OpenedMessage? opened, IReadOnlyList<Response> responses, CancellationToken cancel)
    {
        milestones.Reached(Milestone.BeforeAnswer, message.UniqueId);
        bool written = await answers.WriteAsync(message, opened, responses, cancel);
        if (written)
        {
            tally.Answered();
        }
        else
        {
            // The row no longer holds the request we processed: another worker has it, or it was removed (FLAWS.md F6).
            LogLeaseLost(message.LogId);
        }

        milestones.Reached(Milestone.AfterAnswer, message.UniqueId);
    }

    private static TimeSpan BackOff(int attempts)
    {
        TimeSpan wait = TimeSpan.FromMilliseconds(250) * Math.Pow(2, Math.Min(attempts, 10));
        return wait < LongestBackOff ? wait : LongestBackOff;
    }

    [LoggerMessage(3010, LogLevel.Warning, "Message {UniqueId} refused: {Code}. {Detail}")]
    private partial void LogRefused(string uniqueId, RefusalCode code, string detail);

    [LoggerMessage(3011, LogLevel.Information, "Message {UniqueId} waits {Wait}: {Reason}")]
    private partial void LogWaits(string uniqueId, TimeSpan wait, string reason);

    [LoggerMessage(3012, LogLevel.Warning, "Message {UniqueId} released after attempt {Attempt} for {Wait}.")]
    private partial void LogReleased(string uniqueId, int attempt, TimeSpan wait, Exception fault);

    [LoggerMessage(3016, LogLevel.Warning, "Message {UniqueId} released for {Wait}: a database is away.")]
    private partial void LogAway(string uniqueId, TimeSpan wait, Exception fault);

    [LoggerMessage(3013, LogLevel.Error, "Message {UniqueId} failed.")]
    private partial void LogFailed(string uniqueId, Exception fault);

    [LoggerMessage(3014, LogLevel.Warning, "Message {UniqueId}: the lease was lost before the answer was written.")]
    private partial void LogLeaseLost(string uniqueId);
}
