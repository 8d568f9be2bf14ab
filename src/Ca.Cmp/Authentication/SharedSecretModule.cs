using System.Security.Cryptography;
using System.Text;
using Ca.Core.Authorities;
using Ca.Core.Cmp;
using Ca.Core.Storage;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Cmp.Authentication;

/// <summary>
/// HMAC: the sender knows a secret (RFC 9810 §5.1.3.1, CMP-A-5). In RA mode the secret of its senderKID or that of the
/// alias; in client mode the secret of the end entity that the senderKID names, and no other.
/// </summary>
internal sealed class SharedSecretModule(CmpSecrets secrets)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public async Task<Outcome<Requester>> IdentifyAsync(PkiMessage message, CmpAlias alias, CertificateAuthority ca, ConfigurationSnapshot configuration, CancellationToken cancel)
    {
        string keyId = KeyIdOf(message.Header) ?? "";
        if (alias.IsLightweight && (message.Header.SenderKeyId is null || CommonNameOf(message.Header.Sender) != keyId))
        {
            return new Refusal(RefusalCode.NotBound, "RFC 9483 §3.1: the sender's common name and senderKID must both name the secret.");
        }

        CmpAlgorithmPolicy policy = AliasPolicy.Of(alias);
        IReadOnlyList<Secret> candidates = await secrets.OpenAsync(alias.Name, keyId, ownOnly: alias.Mode == CmpMode.Client, cancel);
        Requester? found = null;
        foreach (Secret secret in candidates)
        {
            if (found is null && MessageProtection.VerifyMac(message, secret, policy).Succeeded(out MacKey? key, out _))
            {
                found = Of(alias, ca, configuration, keyId, key, secret);
                continue;
            }

            secret.Dispose();
        }

        return found is null ? Refuse(message, policy, unknown: candidates.Count == 0) : found;
    }

    /// <summary>An unknown sender costs as much as a wrong secret and reads the same (CMP-S-6); parameters that nobody accepts are told.</summary>
    private static Refusal Refuse(PkiMessage message, CmpAlgorithmPolicy policy, bool unknown)
    {
        if (!MacAlgorithm.From(message.Header.ProtectionAlgorithm!, policy.Macs).Succeeded(out MacAlgorithm? algorithm, out Refusal? unusable))
        {
            return unusable;
        }

        if (unknown)
        {
            using var nobodys = new Secret(RandomNumberGenerator.GetBytes(16));
            algorithm.DeriveKey(nobodys).Dispose();
        }

        return MessageProtection.Wrong;
    }

    /// <summary>senderKID, else the sender's common name (CMP-H-6).</summary>
    private static string? KeyIdOf(PkiHeader header)
    {
        try
        {
            return header.SenderKeyId is { } id ? StrictUtf8.GetString(id.Span) : CommonNameOf(header.Sender);
        }
        catch (DecoderFallbackException)
        {
            return null; // no text, so no name of ours
        }
    }

    private static string? CommonNameOf(GeneralName sender) => sender.ToDistinguishedName()?.First(Oids.CommonName);

    private static Requester Of(CmpAlias alias, CertificateAuthority ca, ConfigurationSnapshot configuration, string keyId, MacKey key, Secret secret)
    {
        string name = $"cmp/{alias.Name}/{keyId}";
        return new()
        {
            Identity = "mac:" + keyId,
            Name = name,
            Module = nameof(CmpModule.Hmac),
            Actor = RequesterRights.OfAlias(alias, ca, configuration, name),
            IsRa = alias.Mode == CmpMode.Ra,
            Username = alias.Mode == CmpMode.Client ? keyId : null,
            Key = key,
            Secret = secret,
        };
    }
}
