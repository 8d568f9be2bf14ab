using Ca.Core.Cmp;
using Ca.Core.EndEntities;
using Ca.Core.Roles;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Cmp.Authentication;

/// <summary>
/// HMAC in client mode: the MAC was made with the end entity's own enrolment code (CMP-M-1, M-2). The code is spent with
/// the certificate; what follows in that transaction, and a repetition of what came before, is compared with the code that
/// the transaction keeps, and with no other.
/// </summary>
internal sealed class OwnCodes(EnrolmentCodes codes, NamedEntities names, EndEntityStore endEntities, CmpTransactions transactions, CmpGuesses guesses)
{
    /// <summary>Null: there is nobody whose code it could be.</summary>
    public async Task<Outcome<Requester>?> IdentifyAsync(Arrival arrival, string keyId, CancellationToken cancel)
    {
        string identity = "own:" + keyId;
        string id = CmpTransactions.Identify(arrival.Alias.Name, identity, Exchange.TransactionIdOf(arrival.Message).Span).Id;
        if (await transactions.FindAsync(id, cancel) is { CodeOwner: { } owner, Code: { } kept })
        {
            var code = new SealedCode(owner, kept);
            return SharedSecrets.Find(arrival.Message, arrival.Alias, new CandidateSecrets([await codes.OpenAsync(code, cancel)], AreItsOwn: true)).Succeeded(out MatchingSecret? match, out Refusal? refusal)
                ? RequesterOf(arrival, identity, code, match, await endEntities.FindAsync(owner, cancel))
                : refusal;
        }

        return await FindAsync(arrival, keyId, cancel) is not { HasSecret: true } entity ? default(Outcome<Requester>?)
            : await codes.FindAsync(entity.Username, cancel) is { } current ? await TryAsync(arrival, identity, current, entity, cancel)
            : Unusable(arrival, entity);
    }

    /// <summary>By senderKID first, then by the subject that is asked for (CMP-A-9).</summary>
    private async Task<EndEntityView?> FindAsync(Arrival arrival, string keyId, CancellationToken cancel)
    {
        if (keyId.Length > 0 && await endEntities.FindAsync(keyId, cancel) is { } named && named.CaName == arrival.Ca.Name)
        {
            return named;
        }

        return SubjectOf(arrival.Message.Body) is { IsEmpty: false } subject
            && await endEntities.FindAsync(await names.UsernameOfAsync(arrival, subject, cancel), cancel) is { } found && found.CaName == arrival.Ca.Name
                ? found
                : null;
    }

    private async Task<Outcome<Requester>> TryAsync(Arrival arrival, string identity, SealedCode code, EndEntityView entity, CancellationToken cancel)
    {
        // Counted for the end entity as well: who guesses may call himself as he likes each time (CMP-M-8).
        string whose = "code:" + code.Username;
        int wrong = await guesses.CountAsync(arrival.Alias, whose, cancel);
        if (CmpGuesses.IsLockedOut(arrival.Alias, wrong))
        {
            return SharedSecrets.Refuse(arrival.Message, arrival.Alias, derive: true);
        }

        if (await codes.TryAsync(code, secret => SharedSecrets.Match(arrival.Message, arrival.Alias, [secret]), cancel) is { } match)
        {
            return RequesterOf(arrival, identity, code, match, entity);
        }

        guesses.StageWrong(arrival.Work, arrival.Alias, whose, wrong);
        return SharedSecrets.Refuse(arrival.Message, arrival.Alias, derive: false);
    }

    /// <summary>To the sender the same as a wrong code; the audit log tells the administrator what to do.</summary>
    private static Refusal Unusable(Arrival arrival, EndEntityView entity)
    {
        Refusal refusal = SharedSecrets.Refuse(arrival.Message, arrival.Alias, derive: true);
        return entity.SecretOpens || refusal.Code != MessageProtection.Wrong.Code
            ? refusal
            : refusal with { Detail = $"The enrolment code of '{entity.Username}' is kept as a hash, which verifies no MAC: its profile needs password.reversible, and the code must be set again." };
    }

    private static Requester RequesterOf(Arrival arrival, string identity, SealedCode code, MatchingSecret match, EndEntityView? entity)
    {
        string name = $"cmp/{arrival.Alias.Name}/{code.Username}";
        return new()
        {
            Identity = identity,
            Name = name,
            Module = "HmacOfEnrolmentCode",
            Actor = entity is not null && arrival.Configuration.EndEntityProfiles.TryGetValue(entity.EndEntityProfile, out var profile)
                ? RequesterRights.OfEndEntity(arrival.Ca, profile.Id, name)
                : Actor.With(name, []),
            Username = code.Username,
            ProvenCode = code,
            Key = match.Key,
            Secret = match.Secret,
        };
    }

    private static DistinguishedName? SubjectOf(PkiBody body) => body switch
    {
        PkiBody.CertificateRequests { Requests: [var first, ..] } => first.Request.Template.Subject,
        PkiBody.Pkcs10 { Request: var request } => request.Subject,
        _ => null,
    };
}
