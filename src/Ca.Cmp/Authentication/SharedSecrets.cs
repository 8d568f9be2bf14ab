using System.Security.Cryptography;
using Ca.Core;
using Ca.Core.Cmp;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;

namespace Ca.Cmp.Authentication;

/// <summary>A secret that fits a message, and the key that was derived of it. Whoever gets it wipes it.</summary>
internal sealed record MatchingSecret(Secret Secret, MacKey Key) : IDisposable
{
    public void Dispose()
    {
        Key.Dispose();
        Secret.Dispose();
    }
}

/// <summary>Compares a MAC with the secrets that may have made it (RFC 9810 §5.1.3.1; CMP-S-6, A-43).</summary>
internal sealed class SharedSecrets(CmpSecrets secrets, CmpCaSecrets caSecrets)
{
    /// <summary>Where RFC 9483 counts, the sender says twice whose secret it is; null when that is right (CMP-H-2, H-6).</summary>
    public static Refusal? CheckNames(PkiMessage message, CmpAlias alias) =>
        alias.Demands(c => c.NamedSecret) && (message.Header.SenderKeyId is null || MacSender.CommonNameOf(message.Header.Sender) != MacSender.KeyIdOf(message.Header))
            ? new(RefusalCode.NotBound, "RFC 9483 §3.1: the sender's common name and senderKID must both name the secret.")
            : null;

    /// <summary>Those of an alias, whoever the sender is.</summary>
    public Task<CandidateSecrets> OfAliasAsync(CmpAlias alias, CancellationToken cancel) => secrets.OpenAsync(alias.Name, keyId: "", ownOnly: false, cancel);

    /// <summary>Those that one sender was given, and no others.</summary>
    public Task<CandidateSecrets> OfSenderAsync(CmpAlias alias, string keyId, CancellationToken cancel) => secrets.OpenAsync(alias.Name, keyId, ownOnly: true, cancel);

    /// <summary>Those of an RA: its own, else the alias', else the CA's where the alias says so (CMP-A-5).</summary>
    public async Task<CandidateSecrets> OfRaAsync(Arrival arrival, string keyId, CancellationToken cancel)
    {
        CandidateSecrets configured = await secrets.OpenAsync(arrival.Alias.Name, keyId, ownOnly: false, cancel);
        return configured.IsEmpty && arrival.Alias.TakesCaSecret ? await caSecrets.OpenAsync(arrival.Ca, cancel) : configured;
    }

    /// <summary>The secret that made the MAC; null when none did. The others are wiped.</summary>
    public static MatchingSecret? Match(PkiMessage message, CmpAlias alias, IReadOnlyList<Secret> candidates)
    {
        CmpAlgorithmPolicy policy = AliasPolicy.Of(alias);
        MatchingSecret? found = null;
        foreach (Secret secret in candidates)
        {
            if (found is null && MessageProtection.VerifyMac(message, secret, policy).Succeeded(out MacKey? key, out _))
            {
                found = new(secret, key);
                continue;
            }

            secret.Dispose();
        }

        return found;
    }

    /// <summary>The same, or the refusal.</summary>
    /// <exception cref="TokenOfflineException">One that does not open now may be the right one.</exception>
    public static Outcome<MatchingSecret> Find(PkiMessage message, CmpAlias alias, CandidateSecrets candidates)
    {
        if (Match(message, alias, candidates.Secrets) is { } match)
        {
            return match;
        }

        candidates.ThrowIfNotAllWereTried();
        return Refuse(message, alias, derive: candidates.IsEmpty);
    }

    /// <summary>An unknown sender costs as much as a wrong secret and reads the same (CMP-S-6); parameters that nobody accepts are told.</summary>
    public static Refusal Refuse(PkiMessage message, CmpAlias alias, bool derive)
    {
        if (!MacAlgorithm.From(message.Header.ProtectionAlgorithm!, AliasPolicy.Of(alias).Macs).Succeeded(out MacAlgorithm? algorithm, out Refusal? unusable))
        {
            return unusable;
        }

        if (derive)
        {
            using var nobodys = new Secret(RandomNumberGenerator.GetBytes(16));
            algorithm.DeriveKey(nobodys).Dispose();
        }

        return MessageProtection.Wrong;
    }
}
