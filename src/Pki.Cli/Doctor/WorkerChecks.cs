using CaServiceWorker;
using Pki.Cli.Configuration;
using Pki.Protocols.X509;

namespace Pki.Cli.Doctor;

/// <summary>The message databases and the workers of the CA side.</summary>
internal sealed class WorkerChecks(Patient patient)
{
    private readonly KeyStoreChecks keyStores = new(patient);
    private readonly List<WorkerEntry> workers = [];
    private readonly List<Certificate> certificates = [];

    /// <summary>The workers whose sections are readable.</summary>
    public IReadOnlyList<WorkerEntry> Workers => workers;

    /// <summary>The certificates of those whose keystores open.</summary>
    public IReadOnlyList<Certificate> Certificates => certificates;

    public async Task RunAsync()
    {
        var databases = new MessageDatabaseChecks(patient);
        foreach (IConfigurationSection section in MessageSource.Sections(patient.Configuration))
        {
            await patient.GuardAsync(section.Path, () => databases.RunAsync(section.Path, MessageSource.Read(section).Options));
        }

        IConfigurationSection[] sections = [.. WorkerEntry.Sections(patient.Configuration)];
        if (sections.Length == 0)
        {
            patient.Findings.Warn("No worker is configured: nobody answers requests.", $"Add one under {WorkerEntry.Section}.");
        }

        foreach (IConfigurationSection section in sections)
        {
            await patient.GuardAsync(section.Path, () => WorkerAsync(section));
        }
    }

    private async Task WorkerAsync(IConfigurationSection section)
    {
        WorkerEntry worker = WorkerEntry.Read(section);
        workers.Add(worker);
        WorkerOptions options = worker.Options;
        if (!patient.Configuration.Root.GetSection($"{MessageSource.Section}:{options.DataSource}").Exists())
        {
            patient.Findings.Fail($"{section.Path}:DataSource names '{options.DataSource}', which is not configured.", $"Add it under {MessageSource.Section}, or correct the name.");
        }

        CheckNames(section.Path, options);
        KeyPurpose purpose = (options.SignatureRequired ? KeyPurpose.Signs : 0) | (options.EncryptionRequired ? KeyPurpose.Receives : 0);
        if (options.KeyStore.IsAbsent)
        {
            if (purpose != KeyPurpose.None)
            {
                patient.Findings.Fail($"{section.Path}:KeyStore:Path is not set.", "pki keystore issue makes a keystore; name it there.");
            }
        }
        else if (await keyStores.CheckAsync($"{section.Path}:KeyStore", options.KeyStore, purpose, certificate => CheckIssuer(section.Path, options, certificate)) is { } certificate)
        {
            certificates.Add(certificate);
        }
    }

    private void CheckNames(string path, WorkerOptions options)
    {
        if (patient.Snapshot is not { } snapshot)
        {
            return;
        }

        if (snapshot.FindCa(options.RaIssuer) is null)
        {
            patient.Findings.Fail($"{path}:RaIssuer names the CA '{options.RaIssuer}', which does not exist.", "Correct the name (pki ca list), or make the CA with pki ca create.");
        }

        if (!options.SignatureRequired && !snapshot.Roles.Any(role => role.Name == options.UnsignedActsAs))
        {
            patient.Findings.Fail($"{path}:UnsignedActsAs names the role '{options.UnsignedActsAs}', which does not exist.", "Correct the name (pki role list), or require signatures.");
        }
    }

    private void CheckIssuer(string path, WorkerOptions options, Certificate certificate)
    {
        if (patient.Snapshot?.FindCa(options.RaIssuer) is { } issuer && keyStores.IssuerOf(certificate)?.Id != issuer.Id)
        {
            patient.Findings.Warn(
                $"{path}:KeyStore: the certificate was not issued by the RA issuer '{issuer.Name}' but by '{certificate.Issuer}'.",
                "RAs must then name this certificate one by one (ScepRa:Link:WorkerCertificates); or make a keystore with pki keystore issue --ca " + issuer.Name + ".");
        }
    }
}
