using System.Security.Cryptography;
using Ca.Core.Cmp;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;

namespace Ca.Cmp.Authentication;

/// <summary>A secret that fits a message, and the key that was derived of it. Whoever gets it wipes it.</summary>
internal sealed record MatchingSecret(Secret Secret, MacKey Key);

/// <summary>Compares a MAC with the secrets that may have made it (RFC 9810 §5.1.3.1; CMP-S-6, A-43).</summary>
internal sealed class SharedSecrets(CmpSecrets secrets)
{
    /// <summary>The secret that made the MAC, among those of a key id; those of the alias have the empty one.</summary>
    public async Task<Outcome<MatchingSecret>> FindAsync(PkiMessage message, CmpAlias alias, string keyId, bool ownOnly, CancellationToken cancel)
    {
        if (alias.Demands(c => c.NamedSecret) && (message.Header.SenderKeyId is null || MacSender.CommonNameOf(message.Header.Sender) != MacSender.KeyIdOf(message.Header)))
        {
            return new Refusal(RefusalCode.NotBound, "RFC 9483 §3.1: the sender's common name and senderKID must both name the secret.");
        }

        CmpAlgorithmPolicy policy = AliasPolicy.Of(alias);
        IReadOnlyList<Secret> candidates = await secrets.OpenAsync(alias.Name, keyId, ownOnly, cancel);
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

        return found is null ? Refuse(message, policy, derive: candidates.Count == 0) : found;
    }

    /// <summary>An unknown sender costs as much as a wrong secret and reads the same (CMP-S-6); parameters that nobody accepts are told.</summary>
    public static Refusal Refuse(PkiMessage message, CmpAlgorithmPolicy policy, bool derive)
    {
        if (!MacAlgorithm.From(message.Header.ProtectionAlgorithm!, policy.Macs).Succeeded(out MacAlgorithm? algorithm, out Refusal? unusable))
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
