using System.Security.Cryptography;
using System.Text;
using ExtRa.Messages.Client;
using ExtRa.Messages.Store;
using Pki.Hosting;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using ScepRaServer.Configuration;
using ScepRaServer.Transactions;

namespace ScepRaServer.Policies;

/// <summary>
/// Who may begin a transaction: the challengePassword of the request (RFC 8894 §7.3). It is looked at only after the
/// request has proven to be its sender's own, and appears in no log (SCEP.md P-02 to P-08).
/// </summary>
/// <param name="alias">The alias' name; part of what a one-time challenge is stored under.</param>
/// <param name="mode">Which kind of challenge.</param>
/// <param name="secret">The secret of mode Static, or the MAC key of mode OneTime; null in mode None.</param>
/// <param name="challenges">The one-time challenges.</param>
/// <param name="budget">Counts wrong ones.</param>
/// <param name="log">For alarms.</param>
internal sealed class ChallengeGate(
    string alias, ChallengeMode mode, Secret? secret, IChallengeStore challenges, SourceBudget budget, ILogger log)
{
    private static readonly ScepFailure Refused = ScepFailure.BadRequest("challenge missing or wrong");

    /// <summary>Asks nothing: for renewals, where the old certificate speaks.</summary>
    public static IAdmission Open { get; } = new OpenAdmission();

    /// <summary>The admission of one request.</summary>
    /// <param name="request">The request with its challenge.</param>
    /// <param name="source">The network address it came from.</param>
    /// <param name="mandatory">A challenge is needed whatever the mode: nothing else ties the sender to the request (K-03).</param>
    public IAdmission For(CertificationRequest request, string source, bool mandatory) => mode switch
    {
        ChallengeMode.None => mandatory ? new ClosedAdmission() : Open,
        ChallengeMode.Static => new StaticAdmission(this, request, source),
        _ => new OneTimeAdmission(this, request, source),
    };

    /// <summary>Every wrong challenge counts for its source and for the subject it was tried for; beyond, none is looked at.</summary>
    private bool HasRoom(string source, DistinguishedName subject) => budget.HasRoom(source) && budget.HasRoom(SubjectKey(subject));

    private ScepFailure Refuse(string source, DistinguishedName subject, string why)
    {
        budget.Spend(source);
        budget.Spend(SubjectKey(subject));
        return Refused with { Detail = why };
    }

    private string SubjectKey(DistinguishedName subject) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{alias}\0{subject}")));

    private sealed class OpenAdmission : IAdmission
    {
        public bool UsesUp => false;

        public Task<ScepFailure?> AdmitAsync(RequestId id, CancellationToken cancel) => Task.FromResult<ScepFailure?>(null);
    }

    private sealed class ClosedAdmission : IAdmission
    {
        public bool UsesUp => false;

        public Task<ScepFailure?> AdmitAsync(RequestId id, CancellationToken cancel) =>
            Task.FromResult<ScepFailure?>(Refused with { Detail = "A separate signer key needs a challenge, and this alias has none." });
    }

    private sealed class StaticAdmission(ChallengeGate gate, CertificationRequest request, string source) : IAdmission
    {
        public bool UsesUp => false;

        public Task<ScepFailure?> AdmitAsync(RequestId id, CancellationToken cancel)
        {
            if (!gate.HasRoom(source, request.Subject))
            {
                return Task.FromResult<ScepFailure?>(Refused with { Detail = "Too many wrong challenges." });
            }

            bool isRight = request.ChallengePassword is { IsEmpty: false } given && given.EqualsInConstantTime(gate.Secret);
            return Task.FromResult(isRight ? null : gate.Refuse(source, request.Subject, "The challenge is missing or wrong."));
        }
    }

    private sealed class OneTimeAdmission(ChallengeGate gate, CertificationRequest request, string source) : IAdmission
    {
        public bool UsesUp => true;

        public async Task<ScepFailure?> AdmitAsync(RequestId id, CancellationToken cancel)
        {
            if (!gate.HasRoom(source, request.Subject))
            {
                return Refused with { Detail = "Too many wrong challenges." };
            }

            if (request.ChallengePassword is not { IsEmpty: false } given)
            {
                return gate.Refuse(source, request.Subject, "The challenge is missing.");
            }

            string mac = ChallengeMac.Of(gate.Secret, gate.Alias, given);
            return await gate.Challenges.FindAsync(gate.Alias, mac, cancel) is { } challenge
                ? await UseAsync(challenge, id, cancel)
                : gate.Refuse(source, request.Subject, "The challenge is not known.");
        }

        // Using it and storing the request are two steps. It is bound to the row's key, so after a crash between the
        // two the same request may use it again, and no other can.
        private async Task<ScepFailure?> UseAsync(Challenge challenge, RequestId id, CancellationToken cancel)
        {
            if (challenge.ConsumedBy is { } user && user != id.UniqueId)
            {
                gate.Log.ChallengeReused(gate.Alias, source, LogText.Of(request.Subject.ToString()), user);
                return gate.Refuse(source, request.Subject, "The challenge was used before.");
            }

            if (challenge.HasExpired && challenge.ConsumedBy is null)
            {
                return gate.Refuse(source, request.Subject, "The challenge has expired.");
            }

            if (challenge.Subject is { } bound && !IsFor(bound))
            {
                return gate.Refuse(source, request.Subject, "The challenge is for another subject.");
            }

            return await gate.Challenges.ConsumeAsync(gate.Alias, challenge.Mac, id.UniqueId, cancel)
                ? null
                : gate.Refuse(source, request.Subject, "The challenge was used at the same time by another request.");
        }

        private bool IsFor(string bound) =>
            DistinguishedName.Parse(bound).Succeeded(out DistinguishedName? name, out _) && name.Equals(request.Subject);
    }

    private Secret Secret => secret ?? throw new InvalidOperationException("This mode needs a secret.");

    private string Alias => alias;

    private IChallengeStore Challenges => challenges;

    private ILogger Log => log;
}
