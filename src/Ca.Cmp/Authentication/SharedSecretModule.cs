using Ca.Core.Cmp;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;

namespace Ca.Cmp.Authentication;

/// <summary>
/// HMAC: the sender knows a secret (RFC 9810 §5.1.3.1, CMP-A-5). In RA mode the secret of its senderKID or that of the
/// alias; in client mode the secret of the end entity that the senderKID names, and no other.
/// </summary>
internal sealed class SharedSecretModule(SharedSecrets secrets)
{
    public async Task<Outcome<Requester>> IdentifyAsync(Arrival arrival, CancellationToken cancel)
    {
        (PkiMessage message, CmpAlias alias) = (arrival.Message, arrival.Alias);
        string keyId = MacSender.KeyIdOf(message.Header) ?? "";
        if (!(await secrets.FindAsync(message, alias, keyId, ownOnly: alias.Mode == CmpMode.Client, cancel)).Succeeded(out MatchingSecret? match, out Refusal? refusal))
        {
            return refusal;
        }

        string name = $"cmp/{alias.Name}/{keyId}";
        return new Requester
        {
            Identity = "mac:" + keyId,
            Name = name,
            Module = nameof(CmpModule.Hmac),
            Actor = RequesterRights.OfAlias(alias, arrival.Ca, arrival.Configuration, name),
            IsRa = alias.Mode == CmpMode.Ra,
            Username = alias.Mode == CmpMode.Client ? keyId : null,
            Key = match.Key,
            Secret = match.Secret,
        };
    }
}
