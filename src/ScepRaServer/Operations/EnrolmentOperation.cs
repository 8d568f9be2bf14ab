using System.Security.Cryptography;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Store;
using Pki.Hosting;
using Pki.Protocols.Asn1;
using Pki.Protocols.Scep;
using Pki.Protocols.X509;
using ScepRaServer.Aliases;
using ScepRaServer.Policies;
using ScepRaServer.Transactions;

namespace ScepRaServer.Operations;

/// <summary>PKCSReq and RenewalReq: policy, admission, the transaction, and a short wait for the CA (RFC 8894 §3.3.1).</summary>
internal sealed class EnrolmentOperation(
    IMessageStore store, Enrolments enrolments, CaAnswers answers, AnswerDelivery delivery, ILogger<EnrolmentOperation> log)
{
    private const int FirstRequestId = 1;

    public async Task<Decision> DecideAsync(Operation operation, CancellationToken cancel)
    {
        CertificationRequest csr = ((ScepBody.Enrolment)operation.Request.Body).Request;
        ScepAlias alias = operation.Alias;
        if (CheckPolicy(operation, csr) is { } failure)
        {
            return new Decision.Failure(failure);
        }

        if (alias.UserNames.NameFor(csr.Subject, operation.TransactionId) is not { } userName)
        {
            return new Decision.Failure(ScepFailure.BadRequest("subject yields no user name"));
        }

        var order = new EnrolmentOrder(
            alias,
            operation.IsRenewal
                ? TransactionIdentity.OfRenewal(alias.Name, operation.TransactionId, operation.Signer)
                : TransactionIdentity.OfEnrolment(alias.Name, operation.TransactionId, operation.Signer.PublicKey),
            RequestDigest.Of(alias.Name, csr),
            MakeRequest(operation, csr, userName),
            AdmissionFor(operation, csr));
        (Enrolment? enrolment, failure) = await enrolments.OpenAsync(order, cancel);
        if (enrolment is null)
        {
            NoteConflict(operation, failure!);
            return new Decision.Failure(failure!);
        }

        if (enrolment.IsNew)
        {
            NoteStored(operation, csr, order.Digest);
        }

        enrolment = await HoldAsync(operation, enrolment, cancel);
        return delivery.Decide(operation, enrolment.Id.UniqueId, enrolment.Row, enrolment.Answer, certificate =>
            certificate.PublicKey.SameKeyAs(csr.PublicKey) ? null : "It certifies another key than the request's.");
    }

    private ScepFailure? CheckPolicy(Operation operation, CertificationRequest csr)
    {
        ScepAlias alias = operation.Alias;
        if (operation.IsRenewal && !enrolments.CarryRenewals)
        {
            return ScepFailure.BadRequest("the CA behind this server knows no renewals");
        }

        if (operation.IsRenewal && csr.PublicKey.SameKeyAs(operation.Signer.PublicKey))
        {
            if (!alias.Options.Renewal.AllowSameKey)
            {
                return ScepFailure.BadRequest("renewal needs a new key");
            }

            log.RenewalKeepsKey(alias.Name, LogText.Of(csr.Subject.ToString()));
        }

        return TransactionNames.Check(operation.TransactionId) ?? alias.Keys.CheckRequested(csr.PublicKey) ?? alias.Names.Check(csr);
    }

    private static IAdmission AdmissionFor(Operation operation, CertificationRequest csr)
    {
        ScepAlias alias = operation.Alias;
        return operation.IsRenewal && !alias.Options.Renewal.NeedsChallenge
            ? ChallengeGate.Open
            : alias.Challenge.For(csr, operation.Source, mandatory: !operation.IsRenewal && !csr.PublicKey.SameKeyAs(operation.Signer.PublicKey));
    }

    private static PKCS10Request MakeRequest(Operation operation, CertificationRequest csr, string userName) => new()
    {
        RequestId = FirstRequestId,
        Username = userName,
        SubjectDn = csr.Subject.ToString(),
        SubjectAltName = csr.SubjectAltName is { Names.Count: > 0 } names ? names.ToString() : null,
        Email = csr.SubjectAltName?.Of(GeneralNameKind.Rfc822Name).FirstOrDefault() ?? csr.Subject.First(Oids.EmailAddress),
        EndEntityProfileName = operation.Alias.Options.EndEntityProfile!,
        CertificateProfileName = operation.Alias.Options.CertificateProfile!,
        CaName = operation.Alias.CaName,
        CreateOrEditUser = operation.Alias.Options.CreateOrEditUser,
        Pkcs10 = csr.Encoded.ToArray(), // octet for octet: the CA sees the very subject that was signed
        RenewedCertificate = operation.IsRenewal ? operation.Signer.Encoded.ToArray() : null,
        RequesterAddress = operation.Source,
    };

    /// <summary>
    /// Waits a little for the CA, so that what needs no person needs no second trip either (SCEP.md R-13). It holds no
    /// thread, and the request is stored whatever becomes of the wait.
    /// </summary>
    private async Task<Enrolment> HoldAsync(Operation operation, Enrolment enrolment, CancellationToken cancel)
    {
        TimeSpan wait = operation.Alias.Options.ReplyWait;
        if (enrolment.Answer is not CaAnswer.Pending || wait == TimeSpan.Zero || !operation.Slot.TryHold())
        {
            return enrolment;
        }

        try
        {
            return await store.WaitForAnswerAsync(enrolment.Id.UniqueId, wait, cancel) is { } row
                ? enrolment with { Row = row, Answer = answers.Read(operation.Alias, row, enrolment.Sealed) }
                : enrolment;
        }
        catch (MessageStoreUnavailableException e)
        {
            log.QueueUnreachable(e.Message); // it is stored; the client polls
            return enrolment;
        }
    }

    private void NoteConflict(Operation operation, ScepFailure failure)
    {
        if (ReferenceEquals(failure, Enrolments.Conflict))
        {
            log.TransactionConflict(operation.Alias.Name, LogText.Of(operation.TransactionId), operation.Source);
        }
    }

    // what the operator compares with the device, by telephone.
    private void NoteStored(Operation operation, CertificationRequest csr, string digest)
    {
        if (log.IsEnabled(LogLevel.Information))
        {
            log.RequestStored(
                RequestCode.Of(digest),
                operation.Alias.Name,
                LogText.Of(csr.Subject.ToString()),
                Convert.ToHexString(SHA256.HashData(csr.Encoded.Span)),
                Convert.ToHexString(SHA1.HashData(csr.Encoded.Span)),
                Convert.ToHexString(MD5.HashData(csr.Encoded.Span)));
        }
    }
}
