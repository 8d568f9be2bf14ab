using Ca.Core.Cmp;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;

namespace Ca.Cmp.Authentication;

/// <summary>
/// RegTokenPwd and DnPartPwd (CMP-A-6, A-7): the secret of the alias proves the message, as no message without a right
/// protection is ever believed (CMP-S-17); which end entity it is, the enrolment code in it shows. That one is compared
/// where the certificate is made. Only the first message of a transaction has a code: the later ones count by the
/// transaction they belong to.
/// </summary>
internal sealed class EnrolmentCodeModule(SharedSecrets secrets)
{
    private static readonly PkiBodyKind[] Later = [PkiBodyKind.CertificateConfirmation, PkiBodyKind.PollRequest, PkiBodyKind.Error, PkiBodyKind.GeneralMessage];
    private static readonly PkiBodyKind[] Enrolments = [PkiBodyKind.InitializationRequest, PkiBodyKind.CertificationRequest, PkiBodyKind.Pkcs10Request];

    /// <summary>Null: this way is not the sender's (CMP-M-7).</summary>
    public async Task<Outcome<Requester>?> IdentifyAsync(Arrival arrival, CmpAuthentication module, CancellationToken cancel)
    {
        (PkiMessage message, CmpAlias alias) = (arrival.Message, arrival.Alias);
        EnrolmentCode? code = Enrolments.Contains(message.Body.Kind) ? EnrolmentCode.Find(module, message.Body) : null;
        if (code is null && !Later.Contains(message.Body.Kind))
        {
            return null;
        }

        if ((SharedSecrets.CheckNames(message, alias) is { } refusal) || !SharedSecrets.Find(message, alias, await secrets.OfAliasAsync(alias, cancel)).Succeeded(out MatchingSecret? match, out refusal))
        {
            code?.Dispose();
            return refusal;
        }

        string keyId = MacSender.KeyIdOf(message.Header) ?? "";
        string name = $"cmp/{alias.Name}/{keyId}";
        return new Requester
        {
            Identity = "code:" + keyId,
            Name = name,
            Module = module.Module.ToString(),
            Actor = RequesterRights.OfAlias(alias, arrival.Ca, arrival.Configuration, name),
            SharesSecret = true,
            Code = code,
            Key = match.Key,
            Secret = match.Secret,
        };
    }
}
