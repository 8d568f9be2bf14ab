using Ca.Core.Cmp;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;

namespace Ca.Cmp.Authentication;

/// <summary>
/// HMAC: the sender knows a secret (RFC 9810 §5.1.3.1, CMP-A-5). In RA mode its own, that of the alias or that of the CA;
/// in client mode its enrolment code (<see cref="OwnCodes"/>), or the secret that its senderKID was given.
/// </summary>
internal sealed class SharedSecretModule(SharedSecrets secrets, OwnCodes codes)
{
    public async Task<Outcome<Requester>> IdentifyAsync(Arrival arrival, CancellationToken cancel)
    {
        if (SharedSecrets.CheckNames(arrival.Message, arrival.Alias) is { } unnamed)
        {
            return unnamed;
        }

        string keyId = MacSender.KeyIdOf(arrival.Message.Header) ?? "";
        return arrival.Alias.Mode == CmpMode.Client ? await ClientAsync(arrival, keyId, cancel) : await RaAsync(arrival, keyId, cancel);
    }

    private async Task<Outcome<Requester>> RaAsync(Arrival arrival, string keyId, CancellationToken cancel)
    {
        CandidateSecrets candidates = await secrets.OfRaAsync(arrival, keyId, cancel);
        return SharedSecrets.Find(arrival.Message, arrival.Alias, candidates).Succeeded(out MatchingSecret? match, out Refusal? refusal)
            ? RequesterOf(arrival, keyId, match) with { IsRa = true, SharesSecret = !candidates.AreItsOwn }
            : refusal;
    }

    /// <summary>The sender's own secret first: each try of an enrolment code counts as a login, so none is tried that is not meant.</summary>
    private async Task<Outcome<Requester>> ClientAsync(Arrival arrival, string keyId, CancellationToken cancel)
    {
        CandidateSecrets candidates = await secrets.OfSenderAsync(arrival.Alias, keyId, cancel);
        if (SharedSecrets.Match(arrival.Message, arrival.Alias, candidates.Secrets) is { } match)
        {
            return RequesterOf(arrival, keyId, match) with { Username = keyId };
        }

        candidates.ThrowIfNotAllWereTried();
        return await codes.IdentifyAsync(arrival, keyId, cancel) is { } tried ? tried : SharedSecrets.Refuse(arrival.Message, arrival.Alias, derive: candidates.IsEmpty);
    }

    private static Requester RequesterOf(Arrival arrival, string keyId, MatchingSecret match)
    {
        string name = $"cmp/{arrival.Alias.Name}/{keyId}";
        return new()
        {
            Identity = "mac:" + keyId,
            Name = name,
            Module = nameof(CmpModule.Hmac),
            Actor = RequesterRights.OfAlias(arrival.Alias, arrival.Ca, arrival.Configuration, name),
            Key = match.Key,
            Secret = match.Secret,
        };
    }
}
