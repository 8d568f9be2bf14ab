using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Pki.Hosting;
using Pki.Protocols.X509;

namespace AdminWeb.Security;

/// <summary>The server's key and certificate, from its keystore into the form that TLS wants.</summary>
internal static class ServerCertificate
{
    /// <exception cref="KeyStoreException">The message names the key and the cure.</exception>
    public static (X509Certificate2 Own, X509Certificate2Collection Chain) Load(KeyStoreOptions options, string key, Action<string> warn)
    {
        using KeyStore store = KeyStoreFile.Load(options, key, warn);
        using X509Certificate2 bare = X509CertificateLoader.LoadCertificate(store.Certificate.Encoded.Span);
        byte[] secret = store.Key.ExportPkcs8();
        try
        {
            X509Certificate2Collection chain = [.. store.Chain.Select(above => X509CertificateLoader.LoadCertificate(above.Encoded.Span))];
            return (store.Key.IsRsa ? WithRsa(bare, secret) : WithEcdsa(bare, secret), chain);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private static X509Certificate2 WithRsa(X509Certificate2 bare, byte[] secret)
    {
        using var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(secret, out _);
        return bare.CopyWithPrivateKey(rsa);
    }

    private static X509Certificate2 WithEcdsa(X509Certificate2 bare, byte[] secret)
    {
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(secret, out _);
        return bare.CopyWithPrivateKey(ecdsa);
    }
}
