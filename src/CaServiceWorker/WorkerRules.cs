using Microsoft.Extensions.Options;

namespace CaServiceWorker;

/// <summary>Field rules, from the attributes.</summary>
[OptionsValidator]
internal sealed partial class WorkerFieldRules : IValidateOptions<WorkerOptions>;

/// <summary>Rules between fields, and between a worker and what is installed.</summary>
internal static class WorkerRules
{
    /// <summary>What is wrong with a worker's options; empty when nothing is.</summary>
    public static IEnumerable<string> Check(string section, WorkerOptions options, IReadOnlyCollection<string> requestNames)
    {
        ValidateOptionsResult fields = new WorkerFieldRules().Validate(section, options);
        foreach (string failure in fields.Failures ?? [])
        {
            yield return failure;
        }

        if (!options.SignatureRequired && string.IsNullOrWhiteSpace(options.UnsignedActsAs))
        {
            yield return $"{section}:SignatureRequired is false: name the role that unsigned requests act with in {section}:UnsignedActsAs.";
        }

        foreach (string failure in CheckLegacy(section, options))
        {
            yield return failure;
        }

        if ((options.SignatureRequired || options.EncryptionRequired) && options.KeyStore.IsAbsent)
        {
            yield return $"{section}:KeyStore:Path is needed where signatures or encryption are required.";
        }

        if (options is { EncryptionRequired: true, SignatureRequired: false })
        {
            yield return $"{section}:EncryptionRequired needs {section}:SignatureRequired: answers are encrypted to the signer.";
        }

        if (options.Placement == Placement.Pinned && options.Nodes.Count == 0)
        {
            yield return $"{section}:Nodes must name the nodes of a pinned worker.";
        }

        foreach (string unknown in Worker.Listed(options).Where(name => !requestNames.Contains(name, StringComparer.Ordinal)))
        {
            // A misspelt name would silently lock everybody out (FLAWS.md C3).
            yield return $"{section}:WhiteList names '{unknown}', which is no request class of this installation.";
        }
    }

    private static IEnumerable<string> CheckLegacy(string section, WorkerOptions options)
    {
        if (options.LegacyRequests == LegacyRequests.Refuse)
        {
            if (options.LegacySignatureRequired is not null || options.LegacyEncryptionRequired is not null)
            {
                yield return $"{section}:LegacySignatureRequired and {section}:LegacyEncryptionRequired mean nothing while {section}:LegacyRequests is Refuse.";
            }

            yield break;
        }

        bool signed = options.LegacySignatureRequired ?? options.SignatureRequired;
        bool encrypted = options.LegacyEncryptionRequired ?? options.EncryptionRequired;
        if (!signed && options.SignatureRequired && string.IsNullOrWhiteSpace(options.UnsignedActsAs))
        {
            yield return $"{section}:LegacySignatureRequired is false: name the role that unsigned requests act with in {section}:UnsignedActsAs.";
        }

        if (encrypted && !signed)
        {
            yield return $"{section}:LegacyEncryptionRequired needs {section}:LegacySignatureRequired: answers are encrypted to the signer.";
        }

        if ((signed || encrypted) && options.KeyStore.IsAbsent)
        {
            yield return $"{section}:KeyStore:Path is needed where legacy requests must be signed or encrypted.";
        }
    }
}
