using Ca.Core.EndEntities;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Recovery;

/// <summary>A key store as a file for its owner. There is no form without a password, so no answer ever holds a bare key.</summary>
public static class KeyStorePackage
{
    /// <summary>Why this password protects nothing; null when it may. Asked before anything is made (FLAWS E7, D9).</summary>
    public static Refusal? CheckPassword(Secret password) => password switch
    {
        { IsEmpty: true } => new(RefusalCode.PolicyViolation, "The key store's password is missing."),
        _ when WellKnownSecrets.Has(password) => new(RefusalCode.PolicyViolation, "The key store's password is one that everybody knows."),
        _ => null,
    };

    /// <summary>PKCS#12; tools list the key under its common name, or else under the user's name.</summary>
    public static byte[] ToPkcs12(KeyStore store, Secret password, string username) =>
        Pkcs12.Save(store, password, store.Certificate.Subject.First(Oids.CommonName) ?? username);

    /// <summary>PEM.</summary>
    public static byte[] ToPem(KeyStore store, Secret password) => PemKeyStore.Save(store, password);
}
