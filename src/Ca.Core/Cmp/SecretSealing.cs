using System.Security.Cryptography;
using Ca.Core.Authorities;
using Ca.Core.Keys;
using Ca.Core.Recovery;
using Pki.Protocols.Asn1;
using Pki.Protocols.Hpke;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Cmp;

/// <summary>
/// Keeps shared secrets encrypted to a key of the CA's token: a MAC cannot be verified with a hash of its secret, so they
/// must open again, but nobody reads them in the database (CMP-A-42). What is sealed says where it belongs: rows that
/// were swapped do not open.
/// </summary>
internal sealed class SecretSealing(CryptoTokens tokens)
{
    private const string KeyEncryptionKeySpec = "P-256";

    private static readonly byte[] Purpose = "external-ra shared secret"u8.ToArray();

    /// <exception cref="TokenOfflineException">The CA's token is not active.</exception>
    public async Task<byte[]> SealAsync(Secret secret, CertificateAuthority ca, string alias, string keyId, CancellationToken cancel)
    {
        int tokenId = ca.TokenId ?? throw new TokenOfflineException(ca.Name);
        KeyPair outer = await tokens.EnsureKeyAsync(tokenId, ca.Settings.KeyEncryptionAlias, KeyEncryptionKeySpec, cancel);
        byte[] place = PlaceOf(alias, keyId);
        (byte[] encapsulated, byte[] ciphertext) = secret.Lend(octets => HpkeSuite.Seal(outer.Public, Purpose, place, octets));
        return Der.Encode(new SealedPrivateKey(tokenId, ca.Settings.KeyEncryptionAlias, place, encapsulated, ciphertext));
    }

    /// <exception cref="TokenOfflineException">The token is not active, or lost its key.</exception>
    /// <exception cref="CryptographicException">It was changed, or belongs elsewhere.</exception>
    public async Task<Secret> OpenAsync(byte[] sealedSecret, string alias, string keyId, CancellationToken cancel)
    {
        SealedPrivateKey box = Der.Decode<SealedPrivateKey>(sealedSecret).OrThrow();
        KeyPair outer = await tokens.KeyAsync(box.TokenId, box.Alias, cancel);
        byte[] octets = HpkeSuite.Open(outer, Purpose, PlaceOf(alias, keyId), box.Encapsulated, box.Ciphertext);
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
