using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Text;
using Pki.Protocols.Trust;

namespace Pki.Protocols.X509;

/// <summary>A key store as text: ENCRYPTED PRIVATE KEY (RFC 7468 §11), then the certificate, then its issuers.</summary>
public static class PemKeyStore
{
    private const int Iterations = 150_000; // all the work there is: a PKCS#12 asks for it three times

    private static readonly PbeParameters Encryption = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, Iterations);

    /// <summary>Writes the text, in ASCII. The key is encrypted with AES-256 under the password; there is no form without.</summary>
    public static byte[] Save(KeyStore store, Secret password)
    {
        byte[] pkcs8 = store.Key.ExportPkcs8();
        try
        {
            byte[] encrypted = password.LendText(text => Pkcs8PrivateKeyInfo.Decode(pkcs8, out _, skipCopy: true).Encrypt(text, Encryption));
            IEnumerable<string> blocks = [PemText.Write("ENCRYPTED PRIVATE KEY", encrypted), .. store.Chain.Prepend(store.Certificate).Select(c => c.ToPem().TrimEnd('\n') + "\n")];
            return Encoding.ASCII.GetBytes(string.Concat(blocks));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }
}
