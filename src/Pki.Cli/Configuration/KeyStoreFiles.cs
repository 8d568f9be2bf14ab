using Ca.Core.Issuance;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Cli.Configuration;

/// <summary>The files of one keystore.</summary>
/// <param name="Store">The PKCS#12, for its owner alone.</param>
/// <param name="Password">Its password as the only line, for its owner alone.</param>
/// <param name="Certificate">The certificate as PEM, for everybody; null for none.</param>
internal sealed record KeyStoreFiles(string Store, string Password, string? Certificate)
{
    /// <summary>Has a key pair certified and writes the files. The password is random where there is none yet, and shown to nobody.</summary>
    public async Task<KeyStore> IssueAsync(CaSession ca, KeyStoreRequest request, CancellationToken cancel)
    {
        if (File.Exists(Store))
        {
            throw new CliException($"'{Store}' exists.", "A keystore is never overwritten: choose another file, or move this one away.");
        }

        KeyStore made = (await ca.Get<KeyStoreIssuer>().IssueAsync(request, cancel)).OrFail("Correct what it names; the profile must allow the key and the names.");
        PrivateFile.EnsureSecret(Password);
        using Secret password = ReadPassword();
        if (Certificate is not null)
        {
            PrivateFile.WritePublic(Certificate, made.Certificate.ToPem());
        }

        PrivateFile.Write(Store, Pkcs12.Save(made, password, request.Username));
        return made;
    }

    /// <summary>Opens the keystore; null while there is none.</summary>
    public KeyStore? Load()
    {
        if (!File.Exists(Store))
        {
            return null;
        }

        using Secret password = ReadPassword();
        return Pkcs12.Load(File.ReadAllBytes(Store), password).OrFail($"'{Store}' must open with the password in '{Password}'.");
    }

    private Secret ReadPassword() => Secret.FromText(File.ReadLines(Password).FirstOrDefault() ?? "");
}
