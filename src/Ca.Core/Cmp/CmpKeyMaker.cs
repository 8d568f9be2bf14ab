using System.Security.Cryptography;
using Ca.Core.Authorities;
using Ca.Core.Keys;
using Pki.Protocols.Cms;
using Pki.Protocols.Crmf;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Cmp;

/// <summary>
/// Sends a key that was made here to its owner (RFC 9483 §4.1.6), signed by whoever signs the alias' answers. What is
/// signed begins with a SET, so it is neither a certificate nor a CRL nor a message.
/// </summary>
public sealed class CmpKeyMaker(CryptoTokens tokens)
{
    /// <summary>Encrypts to the owner's certificate, or to the secret where there is none.</summary>
    /// <exception cref="TokenOfflineException">The CA's token is not active.</exception>
    public async Task<EncryptedKey> SealAsync(CmpAlias alias, CertificateAuthority ca, KeyPair key, Certificate? owner, Secret? secret, CancellationToken cancel)
    {
        string keyAlias = alias.Responder?.KeyAlias ?? ca.KeyAlias ?? throw new TokenOfflineException(ca.Name);
        KeyPair makers = await tokens.KeyAsync(ca.TokenId ?? throw new TokenOfflineException(ca.Name), keyAlias, cancel);
        var maker = new CmsSigner(makers, CmpResponder.SignerOf(alias, ca).Certificate, HashAlgorithmName.SHA256);
        return owner is not null ? KeyDelivery.ToHolder(key, maker, owner) : KeyDelivery.ToSecret(key, maker, secret ?? throw new ArgumentNullException(nameof(secret)));
    }
}
