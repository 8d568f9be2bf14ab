using Ca.Cmp.Rules;
using Ca.Core.Approvals;
using Ca.Core.Certificates;
using Ca.Core.Cmp;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Cmp.Bodies;

/// <summary>
/// rr: a certificate is revoked, put on hold or released (RFC 9810 §5.3.9; CMP-O-40 to O-45). The holder of the
/// certificate may, and an RA within its rights over CA and end entity profile (CVE-2021-40088).
/// </summary>
internal sealed class RevocationBody(TransactionRules rules, CmpTransactions transactions, CertificateStore certificates, Revoker revoker, TimeProvider clock) : IRequestBody
{
    public IReadOnlyList<PkiBodyKind> Kinds { get; } = [PkiBodyKind.RevocationRequest];

    public async Task<CmpFailure?> CheckAsync(Exchange exchange, CancellationToken cancel) => await rules.CheckFirstAsync(exchange, cancel)
        ?? (((PkiBody.Revocations)exchange.Message.Body).Details is [_] ? null : new(PkiFailureInfo.BadRequest, "CMP-O-45", "One message revokes one certificate."));

    public async Task<Reply> DecideAsync(Exchange exchange, CancellationToken cancel)
    {
        if (exchange.Requester.UsesMac && !exchange.Alias.AllowMacRevocation)
        {
            return Reject(exchange, new(PkiFailureInfo.WrongIntegrity, "CMP-O-43", "A revocation is signed."));
        }

        RevDetails details = ((PkiBody.Revocations)exchange.Message.Body).Details[0];
        if (!(await FindAsync(exchange, details.Certificate, cancel)).Succeeded(out CertificateView? target, out CmpFailure? failure)
            || !RevocationReasons.Read(details).Succeeded(out ReasonGiven? reason, out failure)
            || (failure = await CheckPendingAsync(exchange, target, cancel)) is not null)
        {
            return Reject(exchange, failure);
        }

        var order = new RevocationOrder { Actor = exchange.Requester.Actor, CaName = target.CaName, Serial = target.Serial, Reason = reason.Value, Username = exchange.Requester.Username };
        try
        {
            Outcome<Revocation> outcome = await revoker.RevokeAsync(order, exchange.Work, cancel);
            return outcome.Succeeded(out _, out Refusal? refusal) ? Accept(exchange, target) : Reject(exchange, FailureMap.OfRevocation(refusal));
        }
        catch (ApprovalPendingException pending) when (pending.AskedBy is { } first && first != exchange.Work.Origin.Message?.Key.UniqueId && exchange.Resumed is null)
        {
            return Reject(exchange, new(PkiFailureInfo.BadRequest, "CMP-X-13", "A revocation of this certificate waits for people already."));
        }
    }

    public Reply Reject(Exchange exchange, CmpFailure failure) => new(new PkiBody.RevocationResponses(new([failure.ToStatus()], [], []))) { Failure = failure };

    public WaitingFor? Waiting(Exchange exchange) => exchange.Alias.PollForRevocation ? WaitingFor.Revocation() : null;

    /// <summary>CMP-O-40: issuer and serial number say which; whatever else is there must fit.</summary>
    private async Task<Checked<CertificateView>> FindAsync(Exchange exchange, CertTemplate wanted, CancellationToken cancel)
    {
        if (wanted is not { Issuer: { IsEmpty: false } issuer, Serial: { } serial })
        {
            return new CmpFailure(PkiFailureInfo.AddInfoNotAvailable, "CMP-O-40", "Issuer and serial number are needed.");
        }

        if (!issuer.Equals(exchange.Ca.Certificate.Subject))
        {
            return new CmpFailure(PkiFailureInfo.WrongAuthority, "CMP-O-44", "Another CA issued that certificate.");
        }

        if (await certificates.FindAsync(exchange.Ca.Name, serial.ToString(), cancel) is not { } found || !Fits(wanted, Der.DecodeBer<Certificate>(found.Encoded).OrThrow()))
        {
            return new CmpFailure(PkiFailureInfo.BadCertId, "CMP-O-44", "There is no such certificate.");
        }

        // A client speaks for the certificates of its own end entity, also where nobody's name stands at one (CMP-M-6, CMP_PEERS V20).
        return exchange.Requester.IsRa || (exchange.Requester is { MayOnlyEnrol: false, Username: { } user } && found.Username == user)
            ? found
            : new CmpFailure(PkiFailureInfo.NotAuthorized, "CMP-O-43", "The sender may not revoke that certificate.");
    }

    private static bool Fits(CertTemplate wanted, Certificate certificate) =>
        (wanted.Subject is null || wanted.Subject.Equals(certificate.Subject))
        && (wanted.PublicKey is null || wanted.PublicKey.SameKeyAs(certificate.PublicKey))
        && (wanted.Version is null || wanted.Version + 1 == certificate.Version);

    /// <summary>CMP-O-6: while an update waits for its confirmation, the old certificate is left alone.</summary>
    private async Task<CmpFailure?> CheckPendingAsync(Exchange exchange, CertificateView target, CancellationToken cancel) =>
        (await transactions.UpdatesOfAsync(exchange.Ca.Id, target.Serial, cancel)).Any(t => t.State == CmpTransactionState.Unconfirmed)
            ? new(PkiFailureInfo.BadRequest, "CMP-O-6", "An update of this certificate waits for its confirmation.")
            : null;

    private Reply Accept(Exchange exchange, CertificateView target)
    {
        exchange.Stage(exchange.Begin(CmpTransactionState.Closed, clock.GetUtcNow()));
        CertId revoked = CertId.Of(Der.DecodeBer<Certificate>(target.Encoded).OrThrow());
        return new Reply(new PkiBody.RevocationResponses(new([PkiStatusInfo.Accepted], [revoked], []))) { HasEffects = true, Serial = target.Serial };
    }
}
