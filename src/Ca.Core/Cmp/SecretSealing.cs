using System.Security.Cryptography;
using Ca.Core.Authorities;
using Ca.Core.Keys;
using Pki.Protocols.Trust;

namespace Ca.Core.Cmp;

/// <summary>
/// Keeps shared secrets encrypted to a key of the CA's token: a MAC cannot be verified with a hash of its secret, so they
/// must open again, but nobody reads them in the database (CMP-A-42). What is sealed says where it belongs: rows that
/// were swapped do not open.
/// </summary>
internal sealed class SecretSealing(CryptoTokens tokens)
{
    private static readonly byte[] Purpose = "external-ra shared secret"u8.ToArray();

    private readonly TokenSealing sealing = new(tokens);

    /// <exception cref="TokenOfflineException">The CA's token is not active.</exception>
    public async Task<byte[]> SealAsync(Secret secret, CertificateAuthority ca, string alias, string keyId, CancellationToken cancel)
    {
        SealingKey outer = await sealing.KeyOfAsync(ca, cancel);
        byte[] place = PlaceOf(alias, keyId);
        return secret.Lend(octets => outer.Seal(Purpose, place, place, octets));
    }

    /// <exception cref="TokenOfflineException">The token is not active, or lost its key.</exception>
    /// <exception cref="CryptographicException">It was changed, or belongs elsewhere.</exception>
    public async Task<Secret> OpenAsync(byte[] sealedSecret, string alias, string keyId, CancellationToken cancel)
    {
        byte[] octets = await sealing.OpenAsync(sealedSecret, Purpose, _ => PlaceOf(alias, keyId), cancel);
        try
        {
            return new Secret(octets);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(octets);
        }
    }

    private static byte[] PlaceOf(string alias, string keyId)
    {
        using var digest = new CanonicalDigest();
        return digest.Add(alias).Add(keyId).Finish();
    }
}
