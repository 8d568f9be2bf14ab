using System.Globalization;
using Ca.Core;
using Ca.Core.Approvals;
using Ca.Core.Audit;
using Ca.Core.Ledger;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using ExtRa.Processing;
using Pki.Protocols.Trust;

namespace CaServiceWorker;

/// <summary>What became of a message's parts.</summary>
/// <param name="Responses">The answers so far, in order; complete when nothing waits.</param>
/// <param name="Waiting">The part that must wait, or null.</param>
internal sealed record PartsOutcome(IReadOnlyList<Response> Responses, Answer.NotYet? Waiting);

/// <summary>
/// Runs the processors of a message's parts, in order. Effects, audit and the unsealed answer of a part land in one
/// transaction; a part that is already in the inbox is answered from it and never run again (ARCHITECTURE.md 5).
/// </summary>
internal sealed partial class PartRunner(
    Worker worker, MessageJson json, ProcessorCatalog processors, Inbox inbox, ICaLedger ledger, ApprovalGate approvals, IMilestones milestones, TimeProvider clock, ILogger<PartRunner> log)
{
    // Java writes such names; the CA's database cannot even look for one.
    private static readonly Refusal NoName = new(RefusalCode.Malformed, "The username has a NUL.");

    public async Task<PartsOutcome> RunAsync(ClaimedMessage message, AdmittedMessage admitted, CancellationToken cancel)
    {
        IReadOnlyList<SubMessage> parts = admitted.Message.Content.SubMessages;
        InboxKey[] keys = [.. parts.Select((_, index) => admitted.Key with { Index = index })];
        IReadOnlyDictionary<InboxKey, InboxEntry> answered = await inbox.FindAsync(keys, cancel);

        var responses = new List<Response>(parts.Count);
        Answer.NotYet? waiting = null;
        for (int index = 0; index < parts.Count; index++)
        {
            if (answered.TryGetValue(keys[index], out InboxEntry? earlier))
            {
                responses.Add((Response)json.ReadOne(earlier.Answer));
                continue;
            }

            var work = new CaWork(ApprovalOrigin.Of(worker, message, keys[index] with { UniqueId = message.UniqueId }));
            work.ActFor(admitted.Actor);
            var context = new ProcessingContext(admitted.Actor, work, keys[index], message.MessageId, message.Type) { Sent = admitted.Message.Content.Created, IsTakenOver = message.IsTakenOver };
            (Response? response, Answer.NotYet? notYet) = await RunOnceAsync(message, parts[index], context, cancel);
            if (response is not null)
            {
                responses.Add(response);
            }

            waiting = Sooner(waiting, notYet);
        }

        return new(responses, waiting);
    }

    /// <summary>Puts a refusal of the whole message into the audit log.</summary>
    public async Task RecordRefusalAsync(ClaimedMessage message, OpenedMessage? opened, Refusal refusal, CancellationToken cancel)
    {
        var work = new CaWork();
        if (MessageLimits.IsUniqueId(message.UniqueId))
        {
            approvals.Fail(work, message.UniqueId, part: null, refusal); // no person was ever asked for another
        }

        work.Audit(new AuditEntry(RequestAudit.Event, AuditStatus.Failure, opened?.Signer?.Subject.ToString() ?? "unknown")
        {
            Module = RequestAudit.Module,
            SearchDetail1 = Printable.Of(message.MessageId),
            Details = [new("message", message.LogId), new("outcome", Printable.Of(refusal.ToString()))],
        });
        await ledger.CommitAsync(work, cancel);
    }

    /// <summary>The same failure for every part; for one nameless part where the message could not even be opened.</summary>
    public IReadOnlyList<Response> RefuseAll(OpenedMessage? opened, Refusal refusal) => opened is null
        ? [ExtRAResponse.Failure(requestId: 0, refusal.Code)]
        : [.. opened.Content.SubMessages.Select(part => processors.Refuse(part, refusal))];

    private async Task<(Response? Response, Answer.NotYet? NotYet)> RunOnceAsync(ClaimedMessage message, SubMessage part, ProcessingContext context, CancellationToken cancel)
    {
        try
        {
            return await RunGuardedAsync(message, part, context, cancel);
        }
        catch (Exception e) when (e is AlreadyAnsweredException or ConcurrentChangeException)
        {
            if ((await inbox.FindAsync([context.Key], cancel)).TryGetValue(context.Key, out InboxEntry? answer))
            {
                return ((Response)json.ReadOne(answer.Answer), null); // another worker was faster with the same message; its answer is the answer
            }

            throw;
        }
    }

    private async Task<(Response? Response, Answer.NotYet? NotYet)> RunGuardedAsync(ClaimedMessage message, SubMessage part, ProcessingContext context, CancellationToken cancel)
    {
        try
        {
            return await RunOneAsync(message, part, context, cancel);
        }
        catch (NotNowException later)
        {
            return (null, new Answer.NotYet(later.RetryAfter, later.Message));
        }
        catch (SignerNotInForceException revoked)
        {
            return (await RefuseAsync(message, part, context, new(RefusalCode.Revoked, revoked.Message), cancel), null); // revoked since it was admitted
        }
        catch (Exception fault) when (message.Attempts >= Faults.TriesOfTheUnexpected && fault is not AlreadyAnsweredException && !Faults.IsTransient(fault))
        {
            // It will fail again. The parts beside it, perhaps answered already, must not go down with it.
            LogFailed(Printable.Of(context.Key.ToString()), Printable.Of(NameOf(part)), fault);
            return (await FailAsync(message, part, context, fault, cancel), null);
        }
    }

    private async Task<(Response? Response, Answer.NotYet? NotYet)> RunOneAsync(ClaimedMessage message, SubMessage part, ProcessingContext context, CancellationToken cancel)
    {
        Answer answer = (part as INamesUser)?.Username?.Contains('\0', StringComparison.Ordinal) == true ? new Answer.No(NoName)
            : processors.Find(part) is { } processor
            ? await processor.ProcessAsync((Request)part, context, cancel)
            : new Answer.No(new(RefusalCode.NotFound, $"There is no processor for '{NameOf(part)}'."));
        switch (answer)
        {
            case Answer.NotYet notYet:
                return (null, notYet);
            case Answer.Done done:
                if (context.Work.BypassedApprovals > 0)
                {
                    LogBypassed(worker.Name, Printable.Of(context.Key.ToString()), Printable.Of(NameOf(part)));
                }

                Audit(message, context, part, AuditStatus.Success, "answered");
                return (await CommitAsync(message, context, done.Response, cancel), null);
            case Answer.No no:
                return (await RefuseAsync(message, part, context, no.Refusal, cancel), null);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>A refusal leaves no trace but the audit: whatever the processor had staged is dropped with its unit of work (FLAWS.md E6).</summary>
    private Task<Response> RefuseAsync(ClaimedMessage message, SubMessage part, ProcessingContext context, Refusal refusal, CancellationToken cancel) =>
        RefuseAsync(message, part, context with { Work = new CaWork() }, refusal, processors.Refuse(part, refusal), cancel);

    /// <summary>As a refusal, but in the words of the requester's protocol where its processor still finds them.</summary>
    private async Task<Response> FailAsync(ClaimedMessage message, SubMessage part, ProcessingContext context, Exception fault, CancellationToken cancel)
    {
        var refusal = new Refusal(RefusalCode.InternalFailure, $"{fault.GetType().Name}: {fault.Message}");
        ProcessingContext clean = context with { Work = new CaWork() };
        try
        {
            if (processors.Find(part) is { } processor && await processor.FailAsync((Request)part, refusal, clean, cancel) is { } response)
            {
                return await RefuseAsync(message, part, clean, refusal, response, cancel);
            }
        }
        catch (Exception again) when (!cancel.IsCancellationRequested && again is not AlreadyAnsweredException && !Faults.IsTransient(again))
        {
            LogSpeechless(Printable.Of(context.Key.ToString()), Printable.Of(NameOf(part)), again);
        }

        return await RefuseAsync(message, part, context, refusal, cancel);
    }

    private async Task<Response> RefuseAsync(ClaimedMessage message, SubMessage part, ProcessingContext clean, Refusal refusal, Response response, CancellationToken cancel)
    {
        approvals.Fail(clean.Work, message.UniqueId, clean.Key.Index, refusal);
        Audit(message, clean, part, AuditStatus.Failure, refusal.ToString());
        return await CommitAsync(message, clean, response, cancel);
    }

    private async Task<Response> CommitAsync(ClaimedMessage message, ProcessingContext context, Response response, CancellationToken cancel)
    {
        if (!context.Work.IsForgettable)
        {
            context.Work.Record(new InboxEntry(context.Key, MessageJson.WriteOne(response), clock.GetUtcNow()));
        }

        milestones.Reached(Milestone.BeforeCommit, message.UniqueId);
        await ledger.CommitAsync(context.Work, cancel);
        milestones.Reached(Milestone.AfterCommit, message.UniqueId);
        return response;
    }

    private static void Audit(ClaimedMessage message, ProcessingContext context, SubMessage part, AuditStatus status, string outcome) =>
        context.Work.Audit(new AuditEntry(RequestAudit.Event, status, context.Actor.Name)
        {
            Module = RequestAudit.Module,
            SearchDetail1 = Printable.Of(context.MessageId),
            SearchDetail2 = (part as INamesUser)?.Username is { } user ? Printable.Of(user) : null,
            Details =
            [
                new("message", message.LogId),
                new("part", context.Key.Index.ToString(CultureInfo.InvariantCulture)),
                new("class", Printable.Of(NameOf(part))),
                new("outcome", Printable.Of(outcome)),
            ],
        });

    private static string NameOf(SubMessage part) => part is UnknownSubMessage unknown ? unknown.ClassName : part.WireName;

    private static Answer.NotYet? Sooner(Answer.NotYet? one, Answer.NotYet? other) =>
        one is null ? other : other is null || one.Wait <= other.Wait ? one : other;

    [LoggerMessage(3015, LogLevel.Error, "Part {Part}, a {Class}, failed.")]
    private partial void LogFailed(string part, string @class, Exception fault);

    [LoggerMessage(3018, LogLevel.Error, "Part {Part}, a {Class}, failed, and so did its failure answer: the front end answers.")]
    private partial void LogSpeechless(string part, string @class, Exception fault);

    [LoggerMessage(3017, LogLevel.Warning, "Worker {Worker}: part {Part}, a {Class}, was done without the approvals that CA or profile demand.")]
    private partial void LogBypassed(string worker, string part, string @class);
}
