using Ca.Core.Approvals;
using Ca.Core.Authorities;
using Ca.Core.EndEntities;
using Ca.Core.Keys;
using Ca.Core.Ledger;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Issuance;

/// <summary>
/// Makes certificates: decide, plan, sign. The plan, with the very bytes to be signed, is on disk before the signature
/// is made; certificate, end entity and audit reach the disk with the caller's work. After a crash between the two the
/// repeat under the same key finds the plan and finishes it under the same serial number.
/// </summary>
public sealed partial class Issuer : IAsyncDisposable
{
    private const int Attempts = 5;

    private readonly FactLoader facts;
    private readonly ICaLedger ledger;
    private readonly CryptoTokens tokens;
    private readonly Decisions decisions;
    private readonly Authenticator authenticator;
    private readonly Admissions admissions;
    private readonly CertificateComposer composer;
    private readonly Effects effects;
    private readonly ApprovalGate approvals;
    private readonly IDbContextFactory<CaDbContext> databases;

    /// <summary>Starts the loop that loads facts for batches.</summary>
    public Issuer(IDbContextFactory<CaDbContext> databases, CaConfiguration configuration, ICaLedger ledger, CryptoTokens tokens, KeyPolicy keyPolicy, ApprovalGate approvals, TimeProvider clock, IOptions<CaOptions> options)
    {
        this.approvals = approvals;
        facts = new(databases, configuration);
        authenticator = new(databases, ledger, options.Value.SecretIterations);
        admissions = new(clock);
        composer = new(clock);
        effects = new(clock);
        this.ledger = ledger;
        this.tokens = tokens;
        decisions = new(admissions, keyPolicy, clock, options.Value.PlanAbandonedAfter);
        this.databases = databases;
    }

    /// <summary>Makes the certificate and stages everything that has to be stored into <paramref name="work"/>.</summary>
    /// <remarks>
    /// Nothing of the result may leave before <paramref name="work"/> is committed. If that commit fails with
    /// <see cref="ConcurrentChangeException"/>, call again under the same plan key with new work.
    /// </remarks>
    /// <exception cref="AlreadyAnsweredException">The inbox has an answer under the plan key: nothing was planned or signed.</exception>
    /// <exception cref="ApprovalPendingException">People have to agree first.</exception>
    /// <exception cref="NotNowException">The token is offline, or another request for this user is being worked on.</exception>
    public async Task<Outcome<Issued>> IssueAsync(IssuanceRequest request, CaWork work, CancellationToken cancel)
    {
        Outcome<Issued> outcome = await TryIssueAsync(request, work, cancel);
        if (!outcome.Succeeded(out _, out Refusal? refusal))
        {
            work.Audit(Effects.RefusalEntry(request, refusal));
        }

        return outcome;
    }

    /// <summary>
    /// Abandons plans of before this moment whose requests never came back, each with an audit record of the serial
    /// number that was planned. For the housekeeping, with a moment beyond any lease.
    /// </summary>
    /// <returns>How many.</returns>
    public async Task<int> AbandonPlansAsync(DateTimeOffset olderThan, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        List<PlanRow> plans = await db.Set<PlanRow>().AsNoTracking().Where(p => p.At < olderThan).ToListAsync(cancel);
        int abandoned = 0;
        foreach (PlanRow plan in plans)
        {
            try
            {
                await ledger.CommitAsync(Effects.AbandonWork(plan, "never finished"), cancel);
                abandoned++;
            }
            catch (ConcurrentChangeException)
            {
                // finished at this very moment: all the better
            }
        }

        return abandoned;
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => facts.DisposeAsync();

    private async Task<Outcome<Issued>> TryIssueAsync(IssuanceRequest request, CaWork work, CancellationToken cancel)
    {
        if (work.Holds(request.Username))
        {
            throw new BusyException($"The same work already changes user '{request.Username}'.");
        }

        if (new[] { request.Username, request.SubjectDn, request.SubjectAltName, request.Email }.Any(Forbidden.IsUnusable) || request.Username.Length > 250)
        {
            return new Refusal(RefusalCode.PolicyViolation, "username, subjectDn, subjectAltName or email is too long or no text.");
        }

        if (request.Request.CheckPossession(request.Actor) is { } unproven)
        {
            return unproven;
        }

        byte[] digest = request.Digest();
        bool authenticated = request.SecretIsVerified;
        for (int attempt = 1; ; attempt++)
        {
            Facts known = await facts.LoadAsync(request, cancel);
            if (known.OwnPlan is { } plan)
            {
                return await ResumeAsync(request, digest, plan, known, work, cancel);
            }

            if (request.ProvenCode is { } proven)
            {
                authenticated = proven.Username == request.Username && known.User?.SealedSecret is { } kept && kept.AsSpan().SequenceEqual(proven.Sealed);
            }
            else if (request.Secret is not null && !authenticated)
            {
                if (Admissions.CheckView(request.Actor, known.User) is { } blind)
                {
                    return blind;
                }

                authenticated = await authenticator.VerifyAsync(known.User, request.Username, request.Secret, cancel);
                if (!authenticated)
                {
                    return Admissions.WrongCredentials;
                }

                continue; // the counter was written: read the row again
            }

            EndEntityRow? before = known.User?.Copy(); // deciding writes into the row
            Outcome<Decision> decided = decisions.Decide(request, known, authenticated);
            if (!decided.Succeeded(out Decision? decision, out Refusal? refusal))
            {
                return refusal;
            }

            if (decision.Reused is { } earlier)
            {
                work.Audit(Effects.ReuseEntry(request, decision.Order, earlier));
                return new Issued(Der.DecodeBer<Certificate>(earlier.Encoded).OrThrow(), decision.Order.Ca.Chain, Reused: true);
            }

            KeyPair key = await KeyOfAsync(decision.Order.Ca, cancel);
            if (!Plan(decision, digest).Succeeded(out PlanRow? fresh, out refusal))
            {
                return refusal;
            }

            if (!(await AskAsync(decision, before, known, authenticated, work, cancel)).Succeeded(out ApprovalPass? pass, out refusal))
            {
                return refusal;
            }

            if (pass.SpentOn is { } earlierOne)
            {
                return await EarlierAsync(decision.Order, earlierOne, work, cancel);
            }

            fresh.ApprovalId = pass.ApprovalId;
            if (await CommitPlanAsync(decision, fresh, known, attempt, cancel))
            {
                return Sign(decision.Order, decision.Admission, fresh, key, work);
            }
        }
    }

    private Outcome<PlanRow> Plan(Decision decision, byte[] digest)
    {
        IssuanceOrder order = decision.Order;
        Outcome<Composition> composed = composer.Compose(order, decision.Admission.User);
        if (!composed.Succeeded(out Composition? composition, out Refusal? refusal))
        {
            return refusal;
        }

        if (Linter.Check(composition.Tbs, order, composition.Algorithm) is { } flaw)
        {
            return new Refusal(RefusalCode.PolicyViolation, "The certificate would not be sound: " + flaw);
        }

        return order.Request.Objection?.Invoke(Unsigned(composition)) is { } objection ? objection : effects.PlanOf(order, composition, digest);
    }

    private static Certificate Unsigned(Composition composition) =>
        Der.Decode<Certificate>(SignedStructure.Assemble(composition.Tbs, composition.Algorithm, [])).OrThrow();

    /// <summary>False: something moved under us, look again.</summary>
    private async Task<bool> CommitPlanAsync(Decision decision, PlanRow plan, Facts known, int attempt, CancellationToken cancel)
    {
        ClaimRow[] missing = Decisions.Missing(decision.Order, known.Claims);
        try
        {
            await ledger.CommitAsync(Effects.PlanWork(decision.Order, plan, missing, known.UsersPlan), cancel);
            return true;
        }
        catch (ConcurrentChangeException e) when (e.Constraint == PlanRow.UserConstraint || attempt >= Attempts)
        {
            throw new BusyException($"Another request for user '{plan.Username}' is being worked on.", e);
        }
        catch (ConcurrentChangeException)
        {
            return false;
        }
    }

    private Outcome<Issued> Sign(IssuanceOrder order, Admission admission, PlanRow plan, KeyPair key, CaWork work)
    {
        SignatureAlgorithm algorithm = Der.Decode<SignatureAlgorithm>(plan.SignatureAlgorithm).OrThrow();
        byte[] signature = key.Sign(plan.Tbs, algorithm);
        if (!order.Ca.Certificate.PublicKey.Verify(plan.Tbs, signature, algorithm))
        {
            throw new InvalidOperationException($"A signature of CA '{order.Ca.Name}' does not verify with its certificate.");
        }

        Certificate certificate = Der.Decode<Certificate>(SignedStructure.Assemble(plan.Tbs, algorithm, signature)).OrThrow();
        effects.Stage(work, order, admission, plan, certificate);
        return new Issued(certificate, order.Ca.Chain);
    }

    private ValueTask<KeyPair> KeyOfAsync(CertificateAuthority ca, CancellationToken cancel) =>
        ca is { TokenId: { } token, KeyAlias: { } alias } ? tokens.KeyAsync(token, alias, cancel) : throw new TokenOfflineException(ca.Name);
}
