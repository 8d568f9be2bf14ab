using System.Security.Cryptography;
using Ca.Core.Authorities;
using Ca.Core.Keys;
using Pki.Protocols.Asn1;
using Pki.Protocols.Hpke;
using Pki.Protocols.X509;

namespace Ca.Core.Recovery;

/// <summary>
/// Encrypts end entities' private keys to the key-encryption key of a CA, and opens them again. What is sealed says for
/// which user and which public key: rows that were swapped in the database do not open.
/// </summary>
internal sealed class KeySealing(CryptoTokens tokens)
{
    private const string KeyEncryptionKeySpec = "P-256";

    private static readonly byte[] Purpose = "external-ra key escrow"u8.ToArray();

    /// <exception cref="TokenOfflineException">The CA's token is not active.</exception>
    public async Task<byte[]> SealAsync(KeyPair key, CertificateAuthority ca, string username, CancellationToken cancel)
    {
        int tokenId = ca.TokenId ?? throw new TokenOfflineException(ca.Name);
        string alias = ca.Settings.KeyEncryptionAlias;
        KeyPair outer = await tokens.EnsureKeyAsync(tokenId, alias, KeyEncryptionKeySpec, cancel);
        byte[] digest = key.Public.Sha256();
        byte[] pkcs8 = key.ExportPkcs8();
        try
        {
            (byte[] encapsulated, byte[] ciphertext) = HpkeSuite.Seal(outer.Public, Purpose, Binding(username, digest), pkcs8);
            return Der.Encode(new SealedPrivateKey(tokenId, alias, digest, encapsulated, ciphertext));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    /// <exception cref="TokenOfflineException">The token is not active, or lost its key.</exception>
    /// <exception cref="CryptographicException">It was changed, or belongs to another user.</exception>
    public async Task<KeyPair> OpenAsync(byte[] sealedKey, string username, CancellationToken cancel)
    {
        SealedPrivateKey box = Der.Decode<SealedPrivateKey>(sealedKey).OrThrow();
        KeyPair outer = await tokens.KeyAsync(box.TokenId, box.Alias, cancel);
        byte[] pkcs8 = HpkeSuite.Open(outer, Purpose, Binding(username, box.PublicKeyDigest), box.Encapsulated, box.Ciphertext);
        try
        {
            return KeyPair.FromPkcs8(pkcs8);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    private static byte[] Binding(string username, byte[] publicKeyDigest)
    {
        using var digest = new CanonicalDigest();
        return digest.Add(username).Add(publicKeyDigest).Finish();
    }
}
