using System.Security.Cryptography;
using Ca.Core.Authorities;
using Pki.Protocols.Asn1;
using Pki.Protocols.Hpke;
using Pki.Protocols.X509;

namespace Ca.Core.Keys;

/// <summary>Encrypts to the key-encryption key of a CA, which its token holds, and opens again what was encrypted so.</summary>
internal sealed class TokenSealing(CryptoTokens tokens)
{
    private const string KeySpec = "P-256";

    /// <summary>The key that a CA's secrets are encrypted to; made when it is not there yet.</summary>
    /// <exception cref="TokenOfflineException">The CA's token is not active.</exception>
    public async Task<SealingKey> KeyOfAsync(CertificateAuthority ca, CancellationToken cancel)
    {
        int tokenId = ca.TokenId ?? throw new TokenOfflineException(ca.Name);
        string alias = ca.Settings.KeyEncryptionAlias;
        return new(tokenId, alias, await tokens.EnsureKeyAsync(tokenId, alias, KeySpec, cancel));
    }

    /// <summary>Opens a box with the key it names; the CA may have another one by now. The caller wipes the result.</summary>
    /// <param name="box">What <see cref="SealingKey.Seal"/> made.</param>
    /// <param name="purpose">What it is for.</param>
    /// <param name="binding">From the label to where it belongs.</param>
    /// <param name="cancel">Cancels.</param>
    /// <exception cref="TokenOfflineException">The token is not active, or lost its key.</exception>
    /// <exception cref="CryptographicException">It was changed, or belongs elsewhere.</exception>
    public async Task<byte[]> OpenAsync(byte[] box, byte[] purpose, Func<byte[], byte[]> binding, CancellationToken cancel)
    {
        SealedBox sealedBox = Der.Decode<SealedBox>(box).OrThrow();
        KeyPair key = await tokens.KeyAsync(sealedBox.TokenId, sealedBox.Alias, cancel);
        return HpkeSuite.Open(key, purpose, binding(sealedBox.Label), sealedBox.Encapsulated, sealedBox.Ciphertext);
    }
}

/// <summary>A key-encryption key and where it is.</summary>
/// <param name="TokenId">Its crypto token.</param>
/// <param name="Alias">Its name there.</param>
/// <param name="Key">The key.</param>
internal sealed record SealingKey(int TokenId, string Alias, KeyPair Key)
{
    /// <summary>Encrypts to it.</summary>
    /// <param name="purpose">What it is for; the opener must say the same.</param>
    /// <param name="label">A digest that tells what is inside.</param>
    /// <param name="binding">Where it belongs: a row that was swapped in the database does not open.</param>
    /// <param name="plaintext">The secret.</param>
    public byte[] Seal(byte[] purpose, byte[] label, byte[] binding, ReadOnlySpan<byte> plaintext)
    {
        (byte[] encapsulated, byte[] ciphertext) = HpkeSuite.Seal(Key.Public, purpose, binding, plaintext);
        return Der.Encode(new SealedBox(TokenId, Alias, label, encapsulated, ciphertext));
    }
}
