using ExtRa.Messages.Contract;
using ExtRa.Messages.Store;
using Pki.Hosting;
using Pki.Protocols.X509;
using ScepRaServer.Aliases;
using ScepRaServer.Transactions;

namespace ScepRaServer.Operations;

/// <summary>
/// What of the CA's answer reaches the client. The database is not trusted: a certificate goes out only to whom it
/// certifies (SCEP.md T-16, T-17).
/// </summary>
internal sealed class AnswerDelivery(CaAnswers answers, ILogger<AnswerDelivery> log)
{
    private const string NotUsable = "the CA's answer cannot be used";

    /// <summary>Turns an answer into a decision.</summary>
    /// <param name="operation">Who asks.</param>
    /// <param name="uniqueId">The row, for alarms.</param>
    /// <param name="row">The row's times; null when it was just created.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="objection">Why a certificate is not this requester's, or null when it is.</param>
    public Decision Decide(Operation operation, string uniqueId, MessageRow? row, CaAnswer answer, Func<Certificate, string?> objection)
    {
        switch (answer)
        {
            case CaAnswer.Issued(var certificate, var authority):
                if (objection(certificate) is { } why)
                {
                    log.CertificateNotForRequester(uniqueId, LogText.Of(why));
                    return new Decision.Failure(ScepFailure.BadRequest(NotUsable, why));
                }

                return new Decision.Certificates([certificate, .. operation.Alias.ChainFor(authority, operation.LeafOnly)]);
            case CaAnswer.Refused(var reason, var text):
                log.RefusedByCa(operation.Alias.Name, LogText.Of(operation.TransactionId), reason?.ToString() ?? "-", LogText.Of(text));
                return new Decision.Failure(ScepFailure.BadRequest(reason is { } known ? FailInfoText.Of(known) : "refused by the CA"));
            case CaAnswer.Unbelievable(var refusal):
                return Doubt(operation.Alias, uniqueId, row, refusal.ToString());
            default:
                return Decision.Pending.Instance;
        }
    }

    // FAILURE would be final for the client, and whoever owns the database could then kill any enrolment with one
    // write. So the client waits, for as long as a refusal is remembered: then a repair of the link, or a new request,
    // has had its chance. All that such a writer gains is delay.
    private Decision Doubt(ScepAlias alias, string uniqueId, MessageRow? row, string why)
    {
        log.AnswerNotBelieved(uniqueId, LogText.Of(why));
        return row is not null && answers.IsForgotten(alias, row)
            ? new Decision.Failure(ScepFailure.BadRequest(NotUsable, why))
            : Decision.Pending.Instance;
    }
}
