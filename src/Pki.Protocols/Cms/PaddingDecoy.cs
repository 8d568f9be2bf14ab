using System.Security.Cryptography;

namespace Pki.Protocols.Cms;

/// <summary>
/// Evens out the time of RSA decryption (SCEP.md E-07). Wrong padding comes back from the platform as an exception,
/// 6 µs dearer than a result, and that is enough for Bleichenbacher's attack over a quiet network. So each decryption
/// is followed by one with a small key that ends the other way round: every message pays for one result and one
/// exception. The decoy protects nothing, and its key guards nothing.
/// </summary>
internal static class PaddingDecoy
{
    private const int KeyBits = 512;

    private static readonly RSA Key = RSA.Create(KeyBits);
    private static readonly byte[] Right = Key.Encrypt([0x00], RSAEncryptionPadding.Pkcs1);
    private static readonly byte[] Wrong = FindWrong();

    /// <summary>Fails when the real decryption did not, and the other way round; passes its result on.</summary>
    public static byte[]? Balance(byte[]? decrypted)
    {
        Decrypts(decrypted is null ? Right : Wrong);
        return decrypted;
    }

    /// <summary>What the decoy does, for the test that it does it.</summary>
    internal static (bool Right, bool Wrong) Outcomes => (Decrypts(Right), Decrypts(Wrong));

    private static bool Decrypts(byte[] ciphertext)
    {
        try
        {
            Key.Decrypt(ciphertext, RSAEncryptionPadding.Pkcs1);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static byte[] FindWrong()
    {
        byte[] candidate = (byte[])Right.Clone();
        for (int i = 0; i == 0 || Decrypts(candidate); i++)
        {
            candidate[^1] = (byte)(Right[^1] ^ (i + 1)); // one in some thousand has a right padding by chance
        }

        return candidate;
    }
}
