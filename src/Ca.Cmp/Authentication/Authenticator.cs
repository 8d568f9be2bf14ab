using Ca.Core.Cmp;
using Ca.Core.Roles;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;

namespace Ca.Cmp.Authentication;

/// <summary>
/// Who sent this? The modules of the alias in their order (CMP-A-3, M-7): one that does not apply is skipped, one that
/// applies and fails makes way for a later one that applies. Who has shown too many wrong secrets is not listened to for
/// a while, and cannot tell (CMP-M-8).
/// </summary>
internal sealed class Authenticator(SharedSecretModule secrets, EnrolmentCodeModule codes, CertificateModule certificates, TrustedRas trustedRas, CmpGuesses guesses)
{
    public async Task<Outcome<Requester>> IdentifyAsync(Arrival arrival, CancellationToken cancel)
    {
        ProtectionKind protection = MessageProtection.Claim(arrival.Message).OrThrow().Kind;
        if (protection == ProtectionKind.None && arrival.Alias.AllowUnprotectedInfo && arrival.Message.Body.Kind == PkiBodyKind.GeneralMessage)
        {
            return new Requester { Identity = "anybody", Name = "anybody", Module = "none", Actor = Actor.With("anybody", []) }; // CMP-O-87
        }

        if (protection == ProtectionKind.Signature && arrival.Message.Body.Kind == PkiBodyKind.Nested && await trustedRas.IdentifyAsync(arrival, cancel) is { } trusted)
        {
            return trusted;
        }

        if (protection != ProtectionKind.Mac)
        {
            return await TryAsync(arrival, protection, cancel);
        }

        string sender = MacSender.CountedAs(arrival.Message.Header);
        int wrong = await guesses.CountAsync(arrival.Alias, sender, cancel);
        if (CmpGuesses.IsLockedOut(arrival.Alias, wrong))
        {
            return SharedSecrets.Refuse(arrival.Message, arrival.Alias, derive: true);
        }

        Outcome<Requester> outcome = await TryAsync(arrival, protection, cancel);
        if (!outcome.Succeeded(out _, out Refusal? refusal) && refusal.Code == MessageProtection.Wrong.Code)
        {
            guesses.StageWrong(arrival.Work, arrival.Alias, sender, wrong);
        }

        return outcome;
    }

    private async Task<Outcome<Requester>> TryAsync(Arrival arrival, ProtectionKind protection, CancellationToken cancel)
    {
        Refusal refusal = MessageProtection.Wrong;
        foreach (CmpAuthentication module in arrival.Alias.Authentication)
        {
            Outcome<Requester>? tried = (module.Module, protection) switch
            {
                (CmpModule.Hmac, ProtectionKind.Mac) => await secrets.IdentifyAsync(arrival, cancel),
                (CmpModule.RegTokenPwd or CmpModule.DnPartPwd, ProtectionKind.Mac) => await codes.IdentifyAsync(arrival, module, cancel),
                (CmpModule.EndEntityCertificate, ProtectionKind.Signature) => await certificates.IdentifyAsync(arrival, module, cancel),
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
