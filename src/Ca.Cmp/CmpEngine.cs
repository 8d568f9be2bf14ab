using Ca.Cmp.Answers;
using Ca.Cmp.Authentication;
using Ca.Cmp.Rules;
using Ca.Core;
using Ca.Core.Authorities;
using Ca.Core.Cmp;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;

namespace Ca.Cmp;

/// <summary>
/// Answers PKIMessages: read → authenticate → decide → answer → protect (CMP.md §3, RFC 9810). Everything a message
/// changes is staged into the caller's work together with the answer, so that either both exist or neither.
/// </summary>
public sealed partial class CmpEngine
{
    private readonly CaConfiguration configuration;
    private readonly Authenticator authenticator;
    private readonly Dispatcher dispatcher;
    private readonly AnswerWriter answers;
    private readonly Inbox inbox;
    private readonly TimeProvider clock;

    internal CmpEngine(CaConfiguration configuration, Authenticator authenticator, Dispatcher dispatcher, AnswerWriter answers, Inbox inbox, TimeProvider clock)
    {
        this.configuration = configuration;
        this.authenticator = authenticator;
        this.dispatcher = dispatcher;
        this.answers = answers;
        this.inbox = inbox;
        this.clock = clock;
    }

    /// <summary>The answering PKIMessage; a refusal where there is none to give: unknown alias, or a front end that may not bring it.</summary>
    /// <exception cref="NotNowException">The answer cannot be signed as its token is offline, or another request of the same end entity is being worked on.</exception>
    public Task<Outcome<byte[]>> AnswerAsync(CmpCall call, CaWork work, CancellationToken cancel) => AnswerAsync(call, fault: null, work, cancel);

    /// <summary>
    /// The answer to a message that nobody expected: every attempt to answer it ended in a fault. An error systemFailure,
    /// protected as any answer, that tells nothing of the fault; the audit log has it (CMP-E-6, CMP-X-18). Nothing else is staged.
    /// </summary>
    public Task<Outcome<byte[]>> FailAsync(CmpCall call, Refusal fault, CaWork work, CancellationToken cancel) => AnswerAsync(call, FailureMap.OfFault(fault), work, cancel);

    private async Task<Outcome<byte[]>> AnswerAsync(CmpCall call, CmpFailure? fault, CaWork work, CancellationToken cancel)
    {
        call = call with { Began = clock.GetTimestamp() };
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(cancel);
        if (snapshot.CmpAliases.GetValueOrDefault(call.Alias) is not { } alias || snapshot.FindCa(alias.OwnCaName) is not { } ca)
        {
            return new Refusal(RefusalCode.NotFound, "There is no such CMP alias."); // CMP-X-3
        }

        if (!call.FrontEnd.May(AccessResources.Ca(ca.Id)))
        {
            return new Refusal(RefusalCode.NotAuthorized, $"'{call.FrontEnd.Name}' may not bring messages for CA '{ca.Name}'."); // CMP-P-3
        }

        if (alias.FrontEnds.Count > 0 && !alias.FrontEnds.Intersect(call.FrontEnd.Roles, StringComparer.Ordinal).Any())
        {
            return new Refusal(RefusalCode.NotAuthorized, $"'{call.FrontEnd.Name}' may not bring messages for CMP alias '{alias.Name}'."); // CMP-P-3
        }

        if (!PkiMessage.Read(call.Message, alias.MaxMessageBytes).Succeeded(out PkiMessage? message, out Refusal? unreadable))
        {
            return await RefuseUnreadableAsync(call, alias, ca, unreadable, work, cancel);
        }

        var arrival = new Arrival { Call = call, Alias = alias, Ca = ca, Configuration = snapshot, Message = message, Fault = fault, Work = work };
        try
        {
            return await work.AttemptAsync(() => ConverseAsync(arrival, cancel));
        }
        catch (OfflineException offline) when (alias.UnprotectedErrors && message.Body.Kind is not (PkiBodyKind.PollRequest or PkiBodyKind.CertificateConfirmation))
        {
            // Without the token no secret can be read and no answer signed. What would end a transaction that goes well waits all the same.
            return await RefuseAsync(arrival, FailureMap.OfOffline(offline), cancel);
        }
    }

    private async Task<byte[]> ConverseAsync(Arrival arrival, CancellationToken cancel)
    {
        if (HeaderRules.CheckShape(arrival.Message) is { } failure)
        {
            return await RefuseAsync(arrival, failure, cancel);
        }

        AliasChoice choice = AliasChoice.Of(arrival);
        if (!(await authenticator.IdentifyAsync(choice.Arrival, cancel)).Succeeded(out Requester? requester, out Refusal? stranger))
        {
            // Within a batch it is one answer of many, which are kept together.
            arrival.Work.IsForgettable = arrival.WrappedBy is null;
            return await RefuseAsync(choice.Arrival, FailureMap.OfAuthentication(stranger), cancel);
        }

        using (requester)
        {
            Exchange exchange = ExchangeOf(choice.Arrival, requester);
            return choice.Failure is { } unoffered ? await WriteAsync(exchange, Reply.Error(unoffered), cancel)
                : arrival is { Fault: null, Message.Body: PkiBody.Nested nested } ? await AnswerNestedAsync(exchange, arrival, nested, cancel)
                : await AnswerAsync(exchange, cancel);
        }
    }

    private async Task<byte[]> AnswerAsync(Exchange exchange, CancellationToken cancel)
    {
        // The same octets of the same sender: the same answer, whatever has changed since (CMP-T-17).
        if (await StoredAsync(exchange, cancel) is { } earlier)
        {
            return earlier;
        }

        if (HeaderRules.HasWeakNonce(exchange.Header))
        {
            CmpMetrics.CountWeakNonce(exchange.Alias.Name, accepted: !exchange.Alias.Demands(c => c.SenderNonce));
        }

        Reply reply;
        try
        {
            reply = (exchange.Arrival.Fault ?? HeaderRules.Check(exchange, clock.GetUtcNow())) is { } failure
                ? Reply.Error(failure)
                : await exchange.Work.AttemptAsync(() => dispatcher.AnswerAsync(exchange, cancel));
        }
        catch (OfflineException offline)
        {
            reply = Reply.Error(FailureMap.OfOffline(offline)); // where it can still be protected; else the message waits: perhaps another worker has the token
        }
        catch (AlreadyAnsweredException answered)
        {
            return await StoredAsync(exchange, cancel) ?? throw new InvalidOperationException("An answer is gone from the inbox.", answered);
        }

        // Refused perhaps because the same octets were answered at this very moment, through another proxy.
        return reply is { Failure: not null, HasEffects: false } && await StoredAsync(exchange, cancel) is { } meanwhile ? meanwhile : await WriteAsync(exchange, reply, cancel);
    }

    private async Task<byte[]> WriteAsync(Exchange exchange, Reply reply, CancellationToken cancel)
    {
        byte[] answer = (await answers.WriteAsync(exchange, reply, cancel)).Encoded.ToArray();
        if (reply.HasEffects)
        {
            exchange.Work.Record(new InboxEntry(exchange.Key, answer, clock.GetUtcNow()));
        }

        exchange.Work.Audit(Audits.Of(exchange, reply, clock.GetElapsedTime(exchange.Call.Began)));
        return answer;
    }

    private async Task<byte[]?> StoredAsync(Exchange exchange, CancellationToken cancel) =>
        (await inbox.FindAsync([exchange.Key], cancel)).TryGetValue(exchange.Key, out InboxEntry? entry) ? entry.Answer : null;

    private static Exchange ExchangeOf(Arrival arrival, Requester requester)
    {
        byte[] nonce = AnswerWriter.NewNonce();
        ReadOnlyMemory<byte> transactionId = Exchange.TransactionIdOf(arrival.Message);
        CmpTransactionNames names = CmpTransactions.Identify(arrival.Alias.Name, requester.Identity, transactionId.Span);
        return new()
        {
            Arrival = arrival,
            Requester = requester,
            TransactionId = transactionId,
            Names = names,
            Key = Exchange.KeyOf(names.Id, arrival.Message),
            Nonce = nonce,
        };
    }

    /// <summary>CMP-X-2: the header may be readable even where the body is not.</summary>
    private Task<byte[]> RefuseUnreadableAsync(CmpCall call, CmpAlias alias, CertificateAuthority ca, Refusal unreadable, CaWork work, CancellationToken cancel)
    {
        PkiHeader? header = PkiMessage.ReadHeader(call.Message, alias.MaxMessageBytes).Succeeded(out PkiHeader? read, out _) ? read : null;
        work.IsForgettable = true;
        var failure = new CmpFailure(PkiFailureInfo.BadDataFormat, "CMP-X-2", "The message cannot be read.", unreadable.Detail);
        return RefuseAsync(call, alias, ca, header, failure, work, cancel);
    }

    private Task<byte[]> RefuseAsync(Arrival arrival, CmpFailure failure, CancellationToken cancel) =>
        RefuseAsync(arrival.Call, arrival.Alias, arrival.Ca, arrival.Message.Header, failure, arrival.Work, cancel);

    private async Task<byte[]> RefuseAsync(CmpCall call, CmpAlias alias, CertificateAuthority ca, PkiHeader? header, CmpFailure failure, CaWork work, CancellationToken cancel)
    {
        work.Audit(Audits.OfStranger(call, alias, header, failure, clock.GetElapsedTime(call.Began)));
        return (await answers.WriteErrorAsync(alias, ca, header, failure, cancel)).Encoded.ToArray();
    }
}
