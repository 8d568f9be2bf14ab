using System.Globalization;
using System.Numerics;
using Ca.Cmp.Authentication;
using Ca.Core.Certificates;
using Ca.Core.Cmp;
using Ca.Core.EndEntities;
using Ca.Core.Issuance;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;

namespace Ca.Cmp.Bodies;

/// <summary>What one request is to become.</summary>
/// <param name="Answer">ip, cp or kup.</param>
/// <param name="RequestId">certReqId; -1 for PKCS #10 (CMP-O-3).</param>
/// <param name="Wanted">What is asked for.</param>
internal sealed record Enrolment(PkiBodyKind Answer, BigInteger RequestId, Wanted Wanted)
{
    /// <summary>kur: the certificate that is updated (CMP-O-4).</summary>
    public CertificateView? Updated { get; init; }
}

/// <summary>
/// Has the certificate made and remembers the transaction: both land with the answer, in one commit. The plan is kept
/// under the identity of the client's message, not of the row it came in: a client that repeats itself through another
/// proxy gets the same certificate (CMP-T-17).
/// </summary>
internal sealed class Enroller(Issuer issuer, EndEntityStore endEntities, TimeProvider clock)
{
    private static readonly EndEntityStatus[] MayEnrol = [EndEntityStatus.New, EndEntityStatus.Failed, EndEntityStatus.InProcess, EndEntityStatus.KeyRecovery];

    public async Task<Reply> EnrolAsync(Exchange exchange, Enrolment wanted, CancellationToken cancel)
    {
        if (await CheckRegisteredAsync(exchange.Requester, cancel) is { } stranger)
        {
            return Reply.Rejection(wanted.Answer, wanted.RequestId, stranger);
        }

        if (!IssuanceOrders.OrderOf(exchange, wanted).Succeeded(out IssuanceRequest? order, out CmpFailure? failure))
        {
            return Reply.Rejection(wanted.Answer, wanted.RequestId, failure);
        }

        Outcome<Issued> outcome = await issuer.IssueAsync(order, exchange.Work, cancel);
        return outcome.Succeeded(out Issued? issued, out Refusal? refusal)
            ? Accept(exchange, wanted, issued)
            : Reply.Rejection(wanted.Answer, wanted.RequestId, FailureMap.OfIssuance(refusal));
    }

    /// <summary>
    /// CMP-X-6, X-7: whoever has a secret and is not registered, or has had what it was registered for, learns no more
    /// than that. The issuer would refuse it as well, in words that tell one from the other.
    /// </summary>
    private async Task<CmpFailure?> CheckRegisteredAsync(Requester requester, CancellationToken cancel) =>
        requester is { UsesMac: true, Username: { } username } && (await endEntities.FindAsync(username, cancel) is not { } found || !MayEnrol.Contains(found.Status))
            ? new(PkiFailureInfo.NotAuthorized, "CMP-X-7", "The end entity may not enrol.")
            : null;

    private Reply Accept(Exchange exchange, Enrolment wanted, Issued issued)
    {
        DateTimeOffset now = clock.GetUtcNow();
        bool confirmed = exchange.Alias.AllowImplicitConfirm && exchange.Header.HasImplicitConfirm;
        DateTimeOffset confirmBy = now + exchange.Alias.ConfirmTimeout;
        CmpTransactions.StageNew(exchange.Work, exchange.Begin(confirmed ? CmpTransactionState.Confirmed : CmpTransactionState.Unconfirmed, now) with
        {
            RequestId = wanted.RequestId.ToString(CultureInfo.InvariantCulture),
            Serial = issued.Certificate.Serial.ToString(),
            UpdatedSerial = wanted.Updated?.Serial,
            ConfirmBy = confirmed ? null : confirmBy,
        });

        var response = new CertResponse(wanted.RequestId, PkiStatusInfo.Accepted, new(new CertOrEncCert.Clear(CmpCertificate.Of(issued.Certificate))));
        return new Reply(new PkiBody.CertificateResponses(wanted.Answer, new([], [response])))
        {
            HasEffects = true,
            ImplicitConfirm = confirmed,
            ConfirmBy = !confirmed && exchange.Alias.SendConfirmWaitTime ? confirmBy : null,
            Chain = issued.Chain,
            Serial = issued.Certificate.Serial.ToString(),
        };
    }
}
