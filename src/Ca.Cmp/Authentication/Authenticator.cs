using Ca.Core.Authorities;
using Ca.Core.Cmp;
using Ca.Core.Storage;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;

namespace Ca.Cmp.Authentication;

/// <summary>
/// Who sent this? The modules of the alias in their order (CMP-A-3, M-7): one that does not apply is skipped, one that
/// applies and fails makes way for a later one that applies.
/// </summary>
internal sealed class Authenticator(SharedSecretModule secrets, EnrolmentCodeModule codes, CertificateModule certificates)
{
    public async Task<Outcome<Requester>> IdentifyAsync(
        PkiMessage message, ProtectionKind protection, CmpAlias alias, CertificateAuthority ca, ConfigurationSnapshot configuration, CancellationToken cancel)
    {
        Refusal refusal = MessageProtection.Wrong;
        foreach (CmpAuthentication module in alias.Authentication)
        {
            Outcome<Requester>? tried = (module.Module, protection) switch
            {
                (CmpModule.Hmac, ProtectionKind.Mac) => await secrets.IdentifyAsync(message, alias, ca, configuration, cancel),
                (CmpModule.RegTokenPwd or CmpModule.DnPartPwd, ProtectionKind.Mac) => await codes.IdentifyAsync(message, module, alias, ca, configuration, cancel),
                (CmpModule.EndEntityCertificate, ProtectionKind.Signature) => await certificates.IdentifyAsync(message, module, alias, ca, configuration, cancel),
                _ => default(Outcome<Requester>?),
            };
            if (tried is not { } outcome)
            {
                continue;
            }

            if (outcome.Succeeded(out Requester? requester, out Refusal? failed))
            {
                return requester;
            }

            refusal = failed;
        }

        return refusal;
    }
}
