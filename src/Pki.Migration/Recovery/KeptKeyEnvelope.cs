using System.Security.Cryptography;
using Pki.Migration.Sources;
using Pki.Protocols.Cms;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Migration.Recovery;

/// <summary>
/// KeyRecoveryData.keyData: a key pair, encrypted to the key-encryption key of the old CA. The recipient is named by
/// anything, and the key's certificate is a dummy (MIGRATION §3.4): so the keys are tried.
/// </summary>
/// <param name="keys">Key-encryption keys of the old system, older ones too.</param>
internal sealed class KeptKeyEnvelope(IReadOnlyList<KeyPair> keys)
{
    /// <summary>Java's stream header: what comes out with the right key begins with it.</summary>
    private static readonly byte[] StreamHeader = [0xAC, 0xED, 0x00, 0x05];

    /// <summary>Opens it and checks that it is the key of a certificate; the caller disposes the key.</summary>
    /// <param name="base64">The column's text.</param>
    /// <param name="publicKey">SHA-256 of the certificate's public key, as <see cref="SubjectPublicKey.Sha256"/> tells it.</param>
    public Outcome<KeyPair> Open(string base64, ReadOnlySpan<byte> publicKey)
    {
        if (!Base64.Read(base64).Succeeded(out byte[]? encoded, out _))
        {
            return new Refusal(RefusalCode.Malformed, "keyData is not Base64");
        }

        if (!EnvelopedData.Decode(encoded).Succeeded(out EnvelopedData? envelope, out Refusal? refusal))
        {
            return new Refusal(refusal.Code, $"keyData: {refusal.Detail}");
        }

        if (!Open(envelope).Succeeded(out KeyPair? key, out refusal))
        {
            return refusal;
        }

        if (key.Public.Sha256().AsSpan().SequenceEqual(publicKey) && IsWhole(key))
        {
            return key;
        }

        key.Dispose();
        return new Refusal(RefusalCode.Conflict, "the key is not that of the certificate");
    }

    private Outcome<KeyPair> Open(EnvelopedData envelope)
    {
        Refusal last = new(RefusalCode.DecryptionFailed, "keyData does not open with any of the key-encryption keys given");
        foreach (KeyPair key in keys)
        {
            if (!envelope.DecryptAsOnlyRecipient(key).Succeeded(out byte[]? stream, out Refusal? refusal))
            {
                last = refusal.Code == RefusalCode.DecryptionFailed ? last : new(refusal.Code, $"keyData: {refusal.Detail}");
                continue;
            }

            try
            {
                if (stream.AsSpan().StartsWith(StreamHeader))
                {
                    return KeyPairStream.Read(stream);
                }
            }
            finally
            {
                CryptographicOperations.ZeroMemory(stream);
            }
        }

        return last;
    }

    /// <summary>The stream tells both halves of an RSA key: whether they belong together, a signature shows.</summary>
    private static bool IsWhole(KeyPair key)
    {
        try
        {
            SignatureAlgorithm algorithm = SignatureAlgorithm.For(key.Public, HashAlgorithmName.SHA256);
            return key.Public.Verify("probe"u8, key.Sign("probe"u8, algorithm), algorithm);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
