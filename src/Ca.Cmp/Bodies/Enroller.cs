using System.Globalization;
using System.Numerics;
using Ca.Cmp.Authentication;
using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Ca.Core.Cmp;
using Ca.Core.Issuance;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Cmp.Bodies;

/// <summary>What one request is to become.</summary>
/// <param name="Answer">ip, cp or kup.</param>
/// <param name="RequestId">certReqId; -1 for PKCS #10 (CMP-O-3).</param>
/// <param name="Wanted">What is asked for.</param>
internal sealed record Enrolment(PkiBodyKind Answer, BigInteger RequestId, Wanted Wanted)
{
    /// <summary>kur: the certificate that is updated (CMP-O-4).</summary>
    public CertificateView? Updated { get; init; }

    /// <summary>Client mode: the end entity that asks. Whether it exists, and whether it is who it says, is still to be shown.</summary>
    public string? Username { get; init; }
}

/// <summary>
/// Has the certificate made and remembers the transaction: both land with the answer, in one commit. The plan is kept
/// under the identity of the client's message, not of the row it came in: a client that repeats itself through another
/// proxy gets the same certificate (CMP-T-17).
/// </summary>
internal sealed class Enroller(Certifier certifier, Applicants applicants, CodeGuard guard, TimeProvider clock)
{
    public async Task<Reply> EnrolAsync(Exchange exchange, Enrolment wanted, CancellationToken cancel)
    {
        if (exchange.Ca.StatusAt(clock.GetUtcNow()) is AuthorityStatus.Expired or AuthorityStatus.Revoked)
        {
            return Reply.Rejection(wanted.Answer, wanted.RequestId, new(PkiFailureInfo.SystemUnavail, "CMP-X-8", "The CA does not issue."));
        }

        if (!(await applicants.FindAsync(exchange, wanted, cancel)).Succeeded(out Enrolment? applied, out CmpFailure? stranger))
        {
            return Reply.Rejection(wanted.Answer, wanted.RequestId, stranger);
        }

        wanted = applied;
        if (!IssuanceOrders.OrderOf(exchange, wanted).Succeeded(out IssuanceRequest? order, out CmpFailure? failure))
        {
            return Reply.Rejection(wanted.Answer, wanted.RequestId, failure);
        }

        order = exchange.Alias.StrictTemplate ? order with { Objection = certificate => Differences.ObjectionTo(SubjectOf(exchange, wanted), wanted.Wanted, certificate) } : order;
        Outcome<Certified> outcome = exchange.Requester.Code is null
            ? await certifier.CertifyAsync(exchange, order, wanted.Wanted.KeySpec, cancel)
            : await guard.WatchAsync(exchange, wanted.Username!, () => certifier.CertifyAsync(exchange, order, wanted.Wanted.KeySpec, cancel), cancel);
        return outcome.Succeeded(out Certified? issued, out Refusal? refusal)
            ? Accept(exchange, wanted, issued)
            : Reply.Rejection(wanted.Answer, wanted.RequestId, FailureOf(exchange.Requester, refusal));
    }

    private static CmpFailure FailureOf(Requester requester, Refusal refusal) =>
        requester.Code is not null && refusal.Code == RefusalCode.NotAuthorized ? FailureMap.MayNotEnrol(refusal.Detail) : FailureMap.OfIssuance(refusal);

    /// <summary>The name asked for, without the password that may have been in it.</summary>
    private static DistinguishedName? SubjectOf(Exchange exchange, Enrolment wanted) => exchange.Requester.Code?.Subject ?? wanted.Wanted.Subject;

    private Reply Accept(Exchange exchange, Enrolment wanted, Certified issued)
    {
        DateTimeOffset now = clock.GetUtcNow();
        bool confirmed = exchange.Alias.AllowImplicitConfirm && exchange.Header.HasImplicitConfirm;
        DateTimeOffset confirmBy = now + exchange.Alias.ConfirmTimeout;
        exchange.Stage(exchange.Begin(confirmed ? CmpTransactionState.Confirmed : CmpTransactionState.Unconfirmed, now) with
        {
            RequestId = wanted.RequestId.ToString(CultureInfo.InvariantCulture),
            Serial = issued.Certificate.Serial.ToString(),
            UpdatedSerial = wanted.Updated?.Serial,
            ConfirmBy = confirmed ? null : confirmBy,
        });

        PkiStatusInfo status = Differences.StatusOf(SubjectOf(exchange, wanted), wanted.Wanted, issued.Certificate);
        var response = new CertResponse(wanted.RequestId, status, new(new CertOrEncCert.Clear(CmpCertificate.Of(issued.Certificate)), issued.PrivateKey));
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
