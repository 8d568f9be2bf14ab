using Ca.Core.Authorities;
using Ca.Core.Certificates;
using ExtRa.Messages.Sealing;
using Pki.Cli.Output;
using Pki.Hosting;
using Pki.Protocols.X509;

namespace Pki.Cli.Doctor;

/// <summary>What a keystore is for.</summary>
[Flags]
internal enum KeyPurpose
{
    None = 0,

    /// <summary>Signs: digitalSignature.</summary>
    Signs = 1,

    /// <summary>Is encrypted to: keyEncipherment (RSA) or keyAgreement (EC).</summary>
    Receives = 2,
}

/// <summary>A keystore and the certificate in it.</summary>
internal sealed class KeyStoreChecks(Patient patient)
{
    private Findings Findings => patient.Findings;

    /// <summary>Opens the keystore and looks at its certificate; one finding says so when all is well.</summary>
    /// <param name="key">Where it stands in the configuration.</param>
    /// <param name="options">Its files.</param>
    /// <param name="purpose">What it is for.</param>
    /// <param name="also">Further checks of its certificate.</param>
    /// <returns>Its certificate; null when it does not open.</returns>
    public async Task<Certificate?> CheckAsync(string key, KeyStoreOptions options, KeyPurpose purpose, Action<Certificate>? also = null)
    {
        int problems = Findings.Problems;
        if (Open(key, options) is not { } certificate)
        {
            return null;
        }

        const string Renew = "Make a new keystore with pki keystore issue, and name it instead.";
        Expiry.Check(Findings, $"{key}: the certificate '{certificate.Subject}'", certificate, patient.Now, Renew);
        CheckUsage(key, certificate, purpose);
        await patient.GuardAsync(key, () => CheckNotRevokedAsync(key, certificate));
        also?.Invoke(certificate);
        if (Findings.Problems == problems)
        {
            Findings.Ok($"{key} opens: '{certificate.Subject}', {certificate.PublicKey.Description}, valid until {Texts.Time(certificate.NotAfter)}.");
        }

        return certificate;
    }

    /// <summary>The CA here that issued a certificate; null when none did, or when the CAs are not known.</summary>
    public CertificateAuthority? IssuerOf(Certificate certificate) => patient.Snapshot?.Cas
        .FirstOrDefault(ca => certificate.Issuer.EncodedEquals(ca.Certificate.Subject) && certificate.IsSignedBy(ca.Certificate.PublicKey));

    private Certificate? Open(string key, KeyStoreOptions options)
    {
        bool there = options.PasswordFile is not { } file || SecretFiles.Check(Findings, $"{key}:PasswordFile", file);
        there &= options.Path is not { } path || SecretFiles.Check(Findings, $"{key}:Path", path);
        if (!there)
        {
            return null;
        }

        try
        {
            // What it would warn of is a finding here already.
            using KeyStore opened = KeyStoreFile.Load(options, key, _ => { });
            return opened.Certificate;
        }
        catch (KeyStoreException fault)
        {
            Findings.Fail(fault.Message, "Correct the paths and the password, or make a new keystore with pki keystore issue.");
            return null;
        }
    }

    private void CheckUsage(string key, Certificate certificate, KeyPurpose purpose)
    {
        const string Reissue = "Issue it again under a certificate profile with digitalSignature, and keyAgreement (EC) or keyEncipherment (RSA).";
        if (purpose.HasFlag(KeyPurpose.Signs) && certificate.KeyUsage?.HasFlag(KeyUsages.DigitalSignature) != true)
        {
            Findings.Fail($"{key}: the certificate lacks the key usage digitalSignature.", Reissue);
        }

        if (purpose.HasFlag(KeyPurpose.Receives) && !certificate.CanReceive())
        {
            Findings.Fail($"{key}: the certificate lacks the key usage {(certificate.PublicKey.IsRsa ? "keyEncipherment" : "keyAgreement")}.", Reissue);
        }
    }

    private async Task CheckNotRevokedAsync(string key, Certificate certificate)
    {
        if (IssuerOf(certificate) is { } issuer
            && await patient.Ca.Certificates.FindAsync(issuer.Name, certificate.Serial.ToString(), patient.Cancel) is { Status: CertificateStatus.Revoked })
        {
            Findings.Fail($"{key}: the certificate {certificate.Serial} is revoked.", "Make a new keystore with pki keystore issue, and name it instead.");
        }
    }
}
