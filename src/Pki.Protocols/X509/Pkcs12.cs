using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;

namespace Pki.Protocols.X509;

/// <summary>Key stores in files (RFC 7292). A cold path: the platform does it, old ciphers included when reading.</summary>
public static class Pkcs12
{
    private const string X509CertificateBag = "1.2.840.113549.1.9.22.1"; // RFC 7292 §4.2.3
    private const int Iterations = 50_000; // three times per file: certificates, key, MAC

    // Files of other products go up to 600 000 (OWASP's advice), above the platform's usual limit.
    private static readonly Pkcs12LoaderLimits Limits = new(Pkcs12LoaderLimits.Defaults)
    {
        IndividualKdfIterationLimit = 1_000_000,
        MacIterationLimit = 1_000_000,
        TotalKdfIterationLimit = 4_000_000,
    };

    private static readonly PbeParameters Encryption = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, Iterations);

    /// <summary>Opens a key store: its first key, that key's certificate, and the issuers found beside it.</summary>
    public static Outcome<KeyStore> Load(ReadOnlySpan<byte> encoded, Secret password)
    {
        byte[] bytes = encoded.ToArray();
        try
        {
            return password.LendText(text => Load(bytes, text));
        }
        catch (CryptographicException e)
        {
            return new Refusal(RefusalCode.DecryptionFailed, $"The key store does not open: {e.Message}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Writes a key store, AES-256 and SHA-256 throughout.</summary>
    /// <param name="store">Whose key may leave (<see cref="KeyPair.ExportPkcs8"/>).</param>
    /// <param name="password">Protects key, certificates and integrity.</param>
    /// <param name="friendlyName">The alias under which tools list the key.</param>
    public static byte[] Save(KeyStore store, Secret password, string friendlyName) => password.LendText(text =>
    {
        byte[] keyId = store.Certificate.Sha1Fingerprint();
        var keys = new Pkcs12SafeContents();
        Name(AddKey(keys, store.Key, text), keyId, friendlyName);

        var certificates = new Pkcs12SafeContents();
        Name(AddCertificate(certificates, store.Certificate), keyId, friendlyName);
        foreach (Certificate issuer in store.Chain)
        {
            AddCertificate(certificates, issuer);
        }

        var builder = new Pkcs12Builder();
        builder.AddSafeContentsEncrypted(certificates, text, Encryption);
        builder.AddSafeContentsUnencrypted(keys); // the key in it is encrypted by itself
        builder.SealWithMac(text, HashAlgorithmName.SHA256, Iterations);
        return builder.Encode();
    });

    private static Outcome<KeyStore> Load(byte[] bytes, string password)
    {
        X509Certificate2Collection found = X509CertificateLoader.LoadPkcs12Collection(
            bytes, password, X509KeyStorageFlags.EphemeralKeySet | X509KeyStorageFlags.Exportable, Limits);
        try
        {
            if (found.FirstOrDefault(certificate => certificate.HasPrivateKey) is not { } own)
            {
                return new Refusal(RefusalCode.NotFound, "The key store holds no key with its certificate.");
            }

            if (!Der.Decode<Certificate>(own.RawData).Succeeded(out Certificate? leaf, out Refusal? refusal))
            {
                return refusal;
            }

#pragma warning disable CA2000 // The key store disposes it.
            KeyPair? key = KeyOf(own);
#pragma warning restore CA2000
            return key is null
                ? new Refusal(RefusalCode.UnsupportedAlgorithm, "The key in the key store is neither RSA nor EC.")
                : new KeyStore(key, leaf, ChainOf(leaf, Readable(found)));
        }
        finally
        {
            foreach (X509Certificate2 certificate in found)
            {
                certificate.Dispose();
            }
        }
    }

    private static KeyPair? KeyOf(X509Certificate2 own)
    {
        if (own.GetRSAPrivateKey() is { } rsa)
        {
            return KeyPair.FromRsa(rsa);
        }

        return own.GetECDsaPrivateKey() is { } ec ? KeyPair.FromEc(ec) : null;
    }

    private static List<Certificate> Readable(X509Certificate2Collection found)
    {
        List<Certificate> certificates = [];
        foreach (X509Certificate2 one in found)
        {
            if (Der.Decode<Certificate>(one.RawData).Succeeded(out Certificate? readable, out _))
            {
                certificates.Add(readable);
            }
        }

        return certificates;
    }

    /// <summary>The order inside the file means nothing (the platform even turns it around), so the names decide.</summary>
    private static List<Certificate> ChainOf(Certificate leaf, List<Certificate> others)
    {
        List<Certificate> chain = [];
        Certificate current = leaf;
        while (!current.IsSelfIssued && others.Find(other => other.Subject.EncodedEquals(current.Issuer) && current.IsSignedBy(other.PublicKey)) is { } issuer)
        {
            chain.Add(issuer);
            others.Remove(issuer);
            current = issuer;
        }

        return chain;
    }

    private static Pkcs12ShroudedKeyBag AddKey(Pkcs12SafeContents contents, KeyPair key, string password)
    {
        byte[] pkcs8 = key.ExportPkcs8();
        try
        {
            var bag = new Pkcs12ShroudedKeyBag(Pkcs8PrivateKeyInfo.Decode(pkcs8, out _, skipCopy: true).Encrypt(password, Encryption), skipCopy: true);
            contents.AddSafeBag(bag);
            return bag;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    private static Pkcs12CertBag AddCertificate(Pkcs12SafeContents contents, Certificate certificate)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteOctetString(certificate.Encoded.Span);
        var bag = new Pkcs12CertBag(new Oid(X509CertificateBag), writer.Encode());
        contents.AddSafeBag(bag);
        return bag;
    }

    private static void Name(Pkcs12SafeBag bag, byte[] keyId, string friendlyName)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteCharacterString(UniversalTagNumber.BMPString, friendlyName);
        bag.Attributes.Add(new Pkcs9LocalKeyId(keyId));
        bag.Attributes.Add(new CryptographicAttributeObject(new Oid(Oids.FriendlyName), new(new AsnEncodedData(new Oid(Oids.FriendlyName), writer.Encode()))));
    }
}
