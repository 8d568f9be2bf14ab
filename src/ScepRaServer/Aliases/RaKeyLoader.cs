using Pki.Hosting;
using Pki.Protocols.X509;
using ScepRaServer.Configuration;

namespace ScepRaServer.Aliases;

/// <summary>Loads the RA's SCEP keys at start, and refuses those that no client could use.</summary>
/// <param name="clock">Now, to warn of certificates that are over.</param>
/// <param name="warn">Receives what is not good but no reason to stop.</param>
internal sealed class RaKeyLoader(TimeProvider clock, Action<string> warn)
{
    /// <summary>Loads one generation.</summary>
    /// <param name="options">Where the keystores are.</param>
    /// <param name="key">The configuration key of the options.</param>
    /// <param name="authority">The CA certificate from configuration, or null to find it in the keystore.</param>
    /// <exception cref="KeyStoreException">It cannot be used; the message names the key and the cure.</exception>
    public RaKey Load(RaKeyStoreOptions options, string key, Certificate? authority)
    {
        KeyStore signing = options.IsSplit
            ? KeyStoreFile.Load(options.SigningKeyStore ?? new(), key + ":SigningKeyStore", warn)
            : KeyStoreFile.Load(options.Single, key, warn);
        KeyStore decryption = options.IsSplit
            ? KeyStoreFile.Load(options.EncryptionKeyStore ?? new(), key + ":EncryptionKeyStore", warn)
            : signing;

        // G-05: a certificate without the extension may do anything.
        Check(signing, key, KeyUsages.DigitalSignature);
        Check(decryption, key, KeyUsages.KeyEncipherment);
        return new(signing, decryption, FindChain(signing, key, authority));
    }

    private void Check(KeyStore store, string key, KeyUsages needed)
    {
        Certificate certificate = store.Certificate;
        if (!store.Key.IsRsa)
        {
            // K-05: clients encrypt to it, and no SCEP client can encrypt to another kind of key.
            throw new KeyStoreException($"{key}: the key is {certificate.PublicKey.Description}, SCEP needs an RSA key.");
        }

        if (certificate.KeyUsage is { } usage && !usage.HasFlag(needed))
        {
            throw new KeyStoreException($"{key}: the certificate '{certificate.Subject}' may be used for {usage}, but {needed} is needed.");
        }

        if (!certificate.IsValidAt(clock.GetUtcNow()))
        {
            warn($"{key}: the certificate '{certificate.Subject}' is valid from {certificate.NotBefore:u} to {certificate.NotAfter:u} only.");
        }
    }

    private List<Certificate> FindChain(KeyStore store, string key, Certificate? configured)
    {
        Certificate own = store.Certificate;
        Certificate? authority = store.Chain.FirstOrDefault(candidate => IsIssuer(candidate, own)) ?? (own.IsSelfIssued ? own : null) ?? configured;
        if (authority is null)
        {
            throw new KeyStoreException($"{key}: the keystore does not hold the CA certificate that issued '{own.Subject}'. Add it, or set CaCertificate.");
        }

        if (configured is not null && !IsIssuer(configured, own))
        {
            warn($"{key}: '{own.Subject}' was not issued by the CA '{configured.Subject}'; jscep, certmonger and strongSwan will refuse it (SCEP.md G-06).");
            authority = configured;
        }

        List<Certificate> chain = [authority];
        while (!chain[^1].IsSelfIssued && store.Chain.FirstOrDefault(candidate => IsIssuer(candidate, chain[^1])) is { } next && !chain.Contains(next))
        {
            chain.Add(next);
        }

        return chain;
    }

    private static bool IsIssuer(Certificate issuer, Certificate subject) =>
        issuer.Subject.Equals(subject.Issuer) && !ReferenceEquals(issuer, subject) && subject.IsSignedBy(issuer.PublicKey);
}
