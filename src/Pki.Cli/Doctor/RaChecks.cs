using Ca.Core.Roles;
using Pki.Cli.Configuration;
using Pki.Hosting;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Cli.Doctor;

/// <summary>A SCEP RA as its configuration file describes it, seen from the CA.</summary>
internal sealed class RaChecks(Patient patient, WorkerChecks workers)
{
    private const string LinkKey = $"{ScepRaSide.Section}:Link";
    private readonly KeyStoreChecks keyStores = new(patient);

    private Findings Findings => patient.Findings;

    public async Task RunAsync(ConfigurationFile file)
    {
        SecretFiles.Check(Findings, "The RA's configuration", file.Path);
        ScepRaSide side = ScepRaSide.Read(file);
        string[] known = [.. MessageSource.Sections(patient.Configuration).Select(section => section["ConnectionString"] ?? "")];
        if (!known.Contains(side.Database.ConnectionString, StringComparer.Ordinal))
        {
            await new MessageDatabaseChecks(patient).RunAsync($"{ScepRaSide.Section}:Database", side.Database);
        }

        await LinkAsync(side.Link);
        foreach ((string alias, AliasSide options) in side.Aliases)
        {
            string key = $"{ScepRaSide.Section}:Aliases:{alias}";
            await patient.GuardAsync(key, () => AliasAsync(key, options));
        }
    }

    private async Task LinkAsync(LinkSide link)
    {
        KeyPurpose purpose = (link.SignatureRequired ? KeyPurpose.Signs : 0) | (link.EncryptionRequired ? KeyPurpose.Receives : 0);
        if (!link.KeyStore.IsAbsent && await keyStores.CheckAsync($"{LinkKey}:KeyStore", link.KeyStore, purpose) is { } own && patient.Snapshot is not null)
        {
            await MemberAsync(own);
        }

        if (link.EncryptionRequired)
        {
            CheckRecipient(link);
        }
    }

    /// <summary>Who the workers will take the RA for.</summary>
    private async Task MemberAsync(Certificate own)
    {
        var refusals = new List<Refusal>();
        foreach (string issuer in workers.Workers.Where(worker => worker.Options.SignatureRequired).Select(worker => worker.Options.RaIssuer).Distinct(StringComparer.Ordinal))
        {
            if ((await patient.Ca.Get<AdministratorRegister>().IdentifyAsync(own, issuer, patient.Cancel)).Succeeded(out Actor? actor, out Refusal? refusal))
            {
                Findings.Ok($"{LinkKey}: the workers know '{own.Subject}' as a member of: {string.Join(", ", actor.Roles)}.");
                return;
            }

            refusals.Add(refusal);
        }

        if (refusals is [var first, ..])
        {
            Findings.Fail($"{LinkKey}:KeyStore: no worker will accept its requests. {first.Detail}", first.Code == RefusalCode.NotAuthorized
                ? "pki role add-member ROLE --certificate FILE makes it a member."
                : "Make a keystore with pki keystore issue --ca and the workers' RA issuer, and name it instead.");
        }
    }

    /// <summary>Requests are encrypted to the first certificate named; some worker must have its key.</summary>
    private void CheckRecipient(LinkSide link)
    {
        const string Key = $"{LinkKey}:WorkerCertificates";
        const string Cure = "Name the certificate of a worker's keystore first (pki keystore issue --certificate-out).";
        if (link.WorkerCertificates is not [var path, ..])
        {
            Findings.Fail($"{Key} is empty: there is nobody to encrypt to.", Cure);
        }
        else if (!File.Exists(path) || !Certificate.FromPem(File.ReadAllText(path)).Succeeded(out Certificate? recipient, out _))
        {
            Findings.Fail($"{Key} names '{path}', which is no PEM certificate.", Cure);
        }
        else if (workers.Certificates.Count > 0 && !workers.Certificates.Any(worker => worker.Encoded.Span.SequenceEqual(recipient.Encoded.Span)))
        {
            Findings.Fail($"{Key}: requests are encrypted to '{recipient.Subject}', serial {recipient.Serial}, whose key no configured worker has.", Cure);
        }
    }

    private async Task AliasAsync(string key, AliasSide alias)
    {
        CheckNames(key, alias);
        foreach (string? file in (string?[])[alias.Challenge.SecretFile, alias.Challenge.MacKeyFile])
        {
            if (file is not null)
            {
                SecretFiles.Check(Findings, $"{key}:Challenge", file);
            }
        }

        for (int i = 0; i < alias.RaKeyStores.Count; i++)
        {
            await KeysAsync($"{key}:RaKeyStores:{i}", alias.RaKeyStores[i]);
        }
    }

    private void CheckNames(string key, AliasSide alias)
    {
        if (patient.Snapshot is not { } snapshot)
        {
            return;
        }

        if (snapshot.FindCa(alias.CaName ?? "") is null)
        {
            Findings.Fail($"{key}:CaName names the CA '{alias.CaName}', which does not exist.", "Correct the name (pki ca list).");
        }

        if (!snapshot.EndEntityProfiles.ContainsKey(alias.EndEntityProfile ?? ""))
        {
            Findings.Fail($"{key}:EndEntityProfile names '{alias.EndEntityProfile}', which does not exist.", "Correct the name, or make it (pki profile list).");
        }

        if (!snapshot.CertificateProfiles.ContainsKey(alias.CertificateProfile ?? ""))
        {
            Findings.Fail($"{key}:CertificateProfile names '{alias.CertificateProfile}', which does not exist.", "Correct the name, or make it (pki profile list).");
        }
    }

    private async Task KeysAsync(string key, RaKeySide keys)
    {
        if (keys.SigningKeyStore is null && keys.EncryptionKeyStore is null)
        {
            await CheckAsync(key, keys.Single, KeyPurpose.Signs | KeyPurpose.Receives);
            return;
        }

        await CheckAsync($"{key}:SigningKeyStore", keys.SigningKeyStore ?? new(), KeyPurpose.Signs);
        await CheckAsync($"{key}:EncryptionKeyStore", keys.EncryptionKeyStore ?? new(), KeyPurpose.Receives);
    }

    private Task CheckAsync(string key, KeyStoreOptions options, KeyPurpose purpose) =>
        keyStores.CheckAsync(key, options, purpose, certificate => CheckScepKey(key, certificate));

    private void CheckScepKey(string key, Certificate certificate)
    {
        if (!certificate.PublicKey.IsRsa)
        {
            Findings.Fail($"{key}: the key is {certificate.PublicKey.Description}; SCEP clients need RSA.", "Make a keystore with pki keystore issue --key RSA2048, and name it instead.");
        }

        if (patient.Snapshot is not null && keyStores.IssuerOf(certificate) is null)
        {
            Findings.Fail($"{key}: no CA here issued the certificate (its issuer is '{certificate.Issuer}').", "Make a keystore with pki keystore issue --ca and the CA of this alias.");
        }
    }
}
