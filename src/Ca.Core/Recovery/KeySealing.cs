using System.Security.Cryptography;
using Ca.Core.Authorities;
using Ca.Core.Keys;
using Pki.Protocols.X509;

namespace Ca.Core.Recovery;

/// <summary>
/// Encrypts end entities' private keys to the key-encryption key of a CA, and opens them again. What is sealed says for
/// which user and which public key: rows that were swapped in the database do not open.
/// </summary>
internal sealed class KeySealing(CryptoTokens tokens)
{
    private static readonly byte[] Purpose = "external-ra key escrow"u8.ToArray();

    private readonly TokenSealing sealing = new(tokens);

    /// <exception cref="TokenOfflineException">The CA's token is not active.</exception>
    public async Task<byte[]> SealAsync(KeyPair key, CertificateAuthority ca, string username, CancellationToken cancel)
    {
        SealingKey outer = await sealing.KeyOfAsync(ca, cancel);
        byte[] digest = key.Public.Sha256();
        byte[] pkcs8 = key.ExportPkcs8();
        try
        {
            return outer.Seal(Purpose, digest, Binding(username, digest), pkcs8);
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
        byte[] pkcs8 = await sealing.OpenAsync(sealedKey, Purpose, digest => Binding(username, digest), cancel);
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
