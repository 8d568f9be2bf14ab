using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Hosting;

/// <summary>Reads a certificate from a file of the configuration, PEM or DER.</summary>
public static class CertificateFile
{
    /// <summary>Reads the certificate.</summary>
    /// <param name="path">The file.</param>
    /// <param name="key">The configuration key that names it, for messages.</param>
    /// <exception cref="KeyStoreException">There is none; the message names the key.</exception>
    public static Certificate Load(string path, string key)
    {
        string full = Path.GetFullPath(path);
        if (!File.Exists(full))
        {
            throw new KeyStoreException($"{key} names '{full}', which does not exist.");
        }

        byte[] bytes = File.ReadAllBytes(full);
        Outcome<Certificate> outcome = bytes.AsSpan().StartsWith("\x30"u8)
            ? Der.Decode<Certificate>(bytes)
            : Certificate.FromPem(System.Text.Encoding.ASCII.GetString(bytes));
        return outcome.Succeeded(out Certificate? certificate, out Refusal? refusal)
            ? certificate
            : throw new KeyStoreException($"{key}: '{full}' is not a certificate: {refusal.Detail}");
    }
}
