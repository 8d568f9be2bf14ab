using Ca.Core.Notices;

namespace CaServiceWorker.Notifications;

/// <summary>
/// Tells every target what is due for it. Targets do not wait for each other; one that is away costs one attempt a look. An
/// attempt is claimed before it is made and recorded after (at least once).
/// </summary>
internal sealed partial class NoticeSender
{
    // Beyond any threshold: until then what was told must be remembered.
    private static readonly TimeSpan KeptLonger = TimeSpan.FromDays(30);

    private readonly NoticeBoard board;
    private readonly NoticeTargets targets;
    private readonly WorkerMetrics metrics;
    private readonly TimeProvider clock;
    private readonly ILogger<NoticeSender> log;

    public NoticeSender(NoticeBoard board, NoticeTargets targets, WorkerMetrics metrics, TimeProvider clock, ILogger<NoticeSender> log)
    {
        (this.board, this.targets, this.metrics, this.clock, this.log) = (board, targets, metrics, clock, log);
        foreach (string loosening in targets.All.Select(target => target.Loosening).OfType<string>())
        {
            LogLoosening(loosening);
        }
    }

    /// <summary>One look.</summary>
    public async Task LookAsync(CancellationToken cancel)
    {
        await Task.WhenAll(targets.All.Select(target => ServeGuardedAsync(target, cancel)));
        TimeSpan longest = targets.Options.ExpiryThresholds.Append(TimeSpan.Zero).Max();
        try
        {
            await board.PurgeAsync(clock.GetUtcNow() - longest - KeptLonger, cancel);
        }
        catch (Exception fault) when (Faults.IsTransient(fault))
        {
            LogDatabaseAway("everybody", fault.Message);
        }
    }

    private async Task ServeGuardedAsync(INoticeTarget target, CancellationToken cancel)
    {
        try
        {
            await ServeAsync(target, cancel);
        }
        catch (Exception fault) when (Faults.IsTransient(fault))
        {
            LogDatabaseAway(target.Name, fault.Message);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // Its lease brings the notice back; nothing here may stop the others.
            LogFailed(target.Name, fault);
        }
    }

    private async Task ServeAsync(INoticeTarget target, CancellationToken cancel)
    {
        foreach (DueNotice due in await DueAsync(target.Name, cancel))
        {
            if (await board.ClaimAsync(due, cancel) is not { } claimed)
            {
                continue; // another worker is at it
            }

            Delivery delivery = await target.DeliverAsync(claimed, cancel);
            await RecordAsync(target, claimed, delivery);
            if (delivery.IsAway)
            {
                return;
            }
        }
    }

    /// <summary>No cancellation: what was sent is remembered.</summary>
    private async Task RecordAsync(INoticeTarget target, DueNotice claimed, Delivery delivery)
    {
        if (delivery.Problem is not { } problem)
        {
            await board.SentAsync(claimed, CancellationToken.None);
            if (delivery.Left is { } left)
            {
                LogLeft(target.Name, claimed.Key.About, left);
            }

            metrics.Noticed(claimed.Kind, "sent");
        }
        else if (await board.FailedAsync(claimed, targets.Options.MaxAttempts, CancellationToken.None))
        {
            LogNotDelivered(target.Name, claimed.Key.About, claimed.Attempt, problem);
            metrics.Noticed(claimed.Kind, "failed");
        }
        else
        {
            LogGivenUp(target.Name, claimed.Key.About, claimed.Attempt, problem);
            metrics.Noticed(claimed.Kind, "given-up");
        }
    }

    private async Task<IReadOnlyList<DueNotice>> DueAsync(string target, CancellationToken cancel)
    {
        NotificationOptions options = targets.Options;
        var due = new List<DueNotice>();
        if (options.WaitingApprovals)
        {
            due.AddRange(await board.ApprovalsAsync(target, options.MaxPerLook, cancel));
        }

        TimeSpan shorter = TimeSpan.Zero;
        foreach (TimeSpan threshold in options.ExpiryThresholds.Order().TakeWhile(_ => due.Count < options.MaxPerLook))
        {
            due.AddRange(await board.ExpiringAsync(target, threshold, shorter, options.MaxPerLook - due.Count, cancel));
            shorter = threshold;
        }

        return due;
    }

    [LoggerMessage(3090, LogLevel.Warning, "{Loosening}")]
    private partial void LogLoosening(string loosening);

    [LoggerMessage(3091, LogLevel.Warning, "{Target} was not told of {About} (attempt {Attempt}); it is tried again: {Problem}")]
    private partial void LogNotDelivered(string target, string about, int attempt, string problem);

    [LoggerMessage(3092, LogLevel.Error, "{Target} will not be told of {About}; {Attempt} attempts failed: {Problem}")]
    private partial void LogGivenUp(string target, string about, int attempt, string problem);

    [LoggerMessage(3093, LogLevel.Warning, "{Target} is told later, the CA database is away: {Reason}")]
    private partial void LogDatabaseAway(string target, string reason);

    [LoggerMessage(3095, LogLevel.Warning, "{Target} was told of {About}, but not everybody there: {Left}")]
    private partial void LogLeft(string target, string about, string left);

    [LoggerMessage(3094, LogLevel.Error, "Telling {Target} failed.")]
    private partial void LogFailed(string target, Exception fault);
}
