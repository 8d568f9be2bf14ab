using ExtRa.Messages.Store;
using Microsoft.Extensions.Options;
using Pki.Hosting;
using Pki.Protocols.Scep;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using ScepRaServer.Aliases;
using ScepRaServer.Configuration;
using ScepRaServer.Http;
using ScepRaServer.Limits;
using ScepRaServer.Observing;
using ScepRaServer.Policies;

namespace ScepRaServer.Operations;

/// <summary>PKIOperation: limits, the message's alias, its decision, the signed answer, one audit line.</summary>
internal sealed class PkiOperationService(
    AliasBook aliases,
    MessageGate gate,
    EnrolmentOperation enrolment,
    PollOperation poll,
    QueryOperation query,
    CertRepWriter writer,
    OperationSlots slots,
    SourceBudget failures,
    AuditTrail audit,
    IOptions<ScepRaOptions> options,
    ILogger<PkiOperationService> log)
{
    public async Task<ScepReply> HandleAsync(ScepCall.PkiOperation call, CancellationToken cancel)
    {
        string source = ClientAddress.Of(call.Remote);
        using OperationSlots.Slot? slot = slots.TryEnter();
        if (slot is null)
        {
            return Refuse(StatusCodes.Status503ServiceUnavailable, "busy");
        }

        if (!failures.HasRoom(source))
        {
            return Refuse(StatusCodes.Status429TooManyRequests, "too many failures");
        }

        if (!ScepEnvelope.Read(call.Message).Succeeded(out ScepEnvelope? envelope, out Refusal? refusal))
        {
            failures.Spend(source);
            audit.Unreadable(source, refusal);
            return new ScepReply.NotScep(StatusCodes.Status400BadRequest, "not a SCEP message");
        }

        (ScepAlias? alias, RaKey? key) = aliases.OfMessage(call.Path.Alias, envelope.IsEncryptedTo);
        if (alias is null)
        {
            return new ScepReply.NotScep(StatusCodes.Status404NotFound, "not found");
        }

        long start = audit.Now;
        (Decision decision, CertificationRequest? request) = await DecideAsync(call, envelope, alias, source, slot, cancel);
        if (decision is Decision.Failure)
        {
            failures.Spend(source);
        }

        audit.Decided(envelope, request, alias, source, decision, start);
        return decision is Decision.Unavailable
            ? Refuse(StatusCodes.Status503ServiceUnavailable, "try again later")
            : new ScepReply.CertRep(writer.Write(envelope, alias, key ?? alias.RaKeys[0], decision));
    }

    private async Task<(Decision Decision, CertificationRequest? Request)> DecideAsync(
        ScepCall.PkiOperation call, ScepEnvelope envelope, ScepAlias alias, string source, OperationSlots.Slot slot, CancellationToken cancel)
    {
        if (AlgorithmPolicies.IsLegacy(envelope) && alias.Options.Legacy)
        {
            log.LegacyAlgorithm(alias.Name, source);
        }

        (AdmittedMessage? message, ScepFailure? failure) = gate.Open(alias, envelope);
        if (message is null)
        {
            return (new Decision.Failure(failure!), null);
        }

        var operation = new Operation(alias, message.Request, message.IsRenewal, call.Path.LeafOnly, source, slot);
        CertificationRequest? request = (message.Request.Body as ScepBody.Enrolment)?.Request;
        try
        {
            return message.Request.Body switch
            {
                ScepBody.Enrolment => (await enrolment.DecideAsync(operation, cancel), request),
                ScepBody.Poll => (await poll.DecideAsync(operation, cancel), null),
                _ => (query.Decide(operation), null),
            };
        }
        catch (MessageStoreUnavailableException e)
        {
            // H-17: what is not stored must not be called pending.
            log.QueueUnreachable(e.Message);
            return (Decision.Unavailable.Instance, request);
        }
    }

    private ScepReply.NotScep Refuse(int status, string text) => new(status, text, options.Value.Limits.RetryAfter);
}
