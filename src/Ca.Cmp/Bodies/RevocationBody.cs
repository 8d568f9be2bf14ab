using Ca.Cmp.Rules;
using Ca.Core.Approvals;
using Ca.Core.Certificates;
using Ca.Core.Cmp;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Cmp.Bodies;

/// <summary>
/// rr: certificates are revoked, put on hold or released (RFC 9810 §5.3.9; CMP-O-40 to O-46). Each gets an answer of its
/// own; those that are allowed happen together.
/// </summary>
internal sealed class RevocationBody(TransactionRules rules, RevocationTargets targets, Revoker revoker, TimeProvider clock) : IRequestBody
{
    public IReadOnlyList<PkiBodyKind> Kinds { get; } = [PkiBodyKind.RevocationRequest];

    public async Task<CmpFailure?> CheckAsync(Exchange exchange, CancellationToken cancel) => await rules.CheckFirstAsync(exchange, cancel)
        ?? (DetailsOf(exchange).Count == 0 || (DetailsOf(exchange).Count > 1 && exchange.Alias.Demands(c => c.OneOnly))
            ? new(PkiFailureInfo.BadRequest, "CMP-O-45", "One message revokes one certificate.")
            : null);

    public async Task<Reply> DecideAsync(Exchange exchange, CancellationToken cancel)
    {
        if (exchange.Requester.UsesMac && !exchange.Alias.AllowMacRevocation)
        {
            return Reject(exchange, new(PkiFailureInfo.WrongIntegrity, "CMP-O-43", "A revocation is signed."));
        }

        var done = new List<CertificateView>();
        var failures = new List<CmpFailure?>();
        foreach (RevDetails details in DetailsOf(exchange))
        {
            bool succeeded = (await RevokeAsync(exchange, details, done, cancel)).Succeeded(out CertificateView? target, out CmpFailure? failure);
            failures.Add(failure);
            done.AddRange(succeeded ? [target!] : []);
        }

        if (done.Count > 0)
        {
            exchange.Stage(exchange.Begin(CmpTransactionState.Closed, clock.GetUtcNow()));
        }

        return ReplyOf(exchange, failures) with { HasEffects = done.Count > 0, Serial = done.Count > 0 ? string.Join(' ', done.Select(c => c.Serial)) : null };
    }

    public Reply Reject(Exchange exchange, CmpFailure failure) => ReplyOf(exchange, [.. DetailsOf(exchange).Select(_ => failure)]);

    public WaitingFor? Waiting(Exchange exchange) => exchange.Alias.PollForRevocation ? WaitingFor.Revocation() : null;

    private async Task<Checked<CertificateView>> RevokeAsync(Exchange exchange, RevDetails details, List<CertificateView> done, CancellationToken cancel)
    {
        if (!(await targets.FindAsync(exchange, details.Certificate, cancel)).Succeeded(out CertificateView? target, out CmpFailure? failure)
            || !RevocationReasons.Read(details).Succeeded(out ReasonGiven? reason, out failure))
        {
            return failure;
        }

        if (reason.Value == RevocationReason.RemoveFromCrl && !exchange.Requester.IsRa)
        {
            // Who is held back cannot sign; another certificate of the same end entity says nothing about the key that is suspected.
            return new CmpFailure(PkiFailureInfo.NotAuthorized, "CMP-O-43", "Only an RA releases a certificate from hold.");
        }

        if (done.Any(c => c.Serial == target.Serial))
        {
            return new CmpFailure(PkiFailureInfo.BadRequest, "CMP-O-42", "One message says two things about one certificate.");
        }

        var order = new RevocationOrder { Actor = exchange.Requester.Actor, CaName = target.CaName, Serial = target.Serial, Reason = reason.Value, InvalidityDate = reason.InvalidityDate, Username = exchange.Requester.Username };
        try
        {
            Outcome<Revocation> outcome = await revoker.RevokeAsync(order, exchange.Work, cancel);
            return outcome.Succeeded(out _, out Refusal? refusal) ? target : FailureMap.OfRevocation(refusal, reason.Value);
        }
        catch (ApprovalPendingException pending) when (IsAnothers(exchange, pending) || DetailsOf(exchange).Count > 1)
        {
            return IsAnothers(exchange, pending)
                ? new CmpFailure(PkiFailureInfo.BadRequest, "CMP-X-13", "A revocation of this certificate waits for people already.")
                : new CmpFailure(PkiFailureInfo.BadRequest, "CMP-O-46", "People have to agree to this one: ask for it in a message of its own.");
        }
    }

    private static bool IsAnothers(Exchange exchange, ApprovalPendingException pending) =>
        exchange.Resumed is null && pending.AskedBy is { } first && first != exchange.Work.Origin.Message?.Key.UniqueId;

    /// <summary>One status for each, and which certificate each is about, as far as all are named.</summary>
    private static Reply ReplyOf(Exchange exchange, List<CmpFailure?> failures)
    {
        CertId[] named = [.. DetailsOf(exchange).Select(d => d.Certificate).Where(c => c is { Issuer: not null, Serial: not null }).Select(c => new CertId(GeneralName.Directory(c.Issuer!), c.Serial!))];
        PkiStatusInfo[] statuses = [.. failures.Select(f => f?.ToStatus() ?? PkiStatusInfo.Accepted)];
        bool any = failures.Contains(null);
        return new(new PkiBody.RevocationResponses(new(statuses, any && named.Length == statuses.Length ? named : [], []))) { Failure = failures.OfType<CmpFailure>().FirstOrDefault() };
    }

    private static IReadOnlyList<RevDetails> DetailsOf(Exchange exchange) => ((PkiBody.Revocations)exchange.Message.Body).Details;
}
