using ExtRa.Messages.Store;
using Pki.Protocols.X509;
using ScepRaServer.Aliases;
using ScepRaServer.Transactions;

namespace ScepRaServer.Operations;

/// <summary>
/// CertPoll (RFC 8894 §3.3.3). The names in it decide nothing, clients fill them in differently (SCEP.md T-03); who may
/// have the answer is decided by the key that signs the question.
/// </summary>
internal sealed class PollOperation(Enrolments enrolments, AnswerDelivery delivery, ILogger<PollOperation> log)
{
    public async Task<Decision> DecideAsync(Operation operation, CancellationToken cancel)
    {
        if (TransactionNames.Check(operation.TransactionId) is { } failure)
        {
            return new Decision.Failure(failure);
        }

        try
        {
            return await FindAsync(operation, cancel);
        }
        catch (MessageStoreUnavailableException e)
        {
            // H-17: strongSwan and jscep give the whole enrolment up on anything but "not yet".
            log.QueueUnreachable(e.Message);
            return Decision.Pending.Instance;
        }
    }

    private async Task<Decision> FindAsync(Operation operation, CancellationToken cancel)
    {
        ScepAlias alias = operation.Alias;
        Certificate signer = operation.Signer;
        if (alias.AuthorityOf(signer) is not null
            && await enrolments.FindAsync(alias, TransactionIdentity.OfRenewal(alias.Name, operation.TransactionId, signer), cancel) is { } renewal)
        {
            return Deliver(operation, renewal, certificate =>
                certificate.Subject.Equals(signer.Subject) ? null : "A renewal of the signer's certificate names somebody else.");
        }

        if (await enrolments.FindAsync(alias, TransactionIdentity.OfEnrolment(alias.Name, operation.TransactionId, signer.PublicKey), cancel) is { } enrolment)
        {
            // With a separate signer key the certificate's own key is not known here any more; then the row's identity,
            // which the worker has signed, is what ties the answer to the signer (K-03).
            return Deliver(operation, enrolment, certificate =>
                certificate.PublicKey.SameKeyAs(signer.PublicKey) || alias.Options.AllowSeparateSignerKey ? null : "It certifies another key than the signer's.");
        }

        return new Decision.Failure(ScepFailure.Unknown("No such transaction of this signer."));
    }

    private Decision Deliver(Operation operation, Enrolment found, Func<Certificate, string?> objection) =>
        delivery.Decide(operation, found.Id.UniqueId, found.Row, found.Answer, objection);
}
