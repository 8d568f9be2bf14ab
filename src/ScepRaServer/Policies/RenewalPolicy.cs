using Pki.Protocols.X509;
using ScepRaServer.Aliases;
using ScepRaServer.Configuration;
using ScepRaServer.Publications;

namespace ScepRaServer.Policies;

/// <summary>What the certificate that signed a message makes of it.</summary>
/// <param name="IsRenewal">It is a certificate of our CA that may be renewed now.</param>
/// <param name="Failure">Why the message is refused whatever it asks, or null.</param>
internal readonly record struct SignerStanding(bool IsRenewal, ScepFailure? Failure);

/// <summary>
/// Renewal is decided by who signed, never by the message's number alone: sscep, jscep and certmonger send PKCSReq (19),
/// strongSwan and micromdm RenewalReq (17) (SCEP.md M-03, section 12).
/// </summary>
internal sealed class RenewalPolicy(ScepAlias alias, PublishedCrls crls, TimeProvider clock)
{
    private const string NotRenewable = "signer certificate cannot be renewed here";

    private RenewalOptions Options => alias.Options.Renewal;

    /// <summary>Looks at the signer of an enrolment message.</summary>
    /// <param name="signer">The certificate whose key signed the message.</param>
    /// <param name="saysRenewal">The message calls itself RenewalReq.</param>
    public SignerStanding Judge(Certificate signer, bool saysRenewal)
    {
        if (!Options.Enabled)
        {
            // W-08: a PKCSReq is then an initial enrolment like any other.
            return saysRenewal ? Refuse("renewal is not offered") : default;
        }

        if (alias.AuthorityOf(signer) is not { } authority)
        {
            return saysRenewal ? Refuse(NotRenewable, $"'{signer.Subject}' is not from the CA '{alias.CaName}'.") : default;
        }

        if (signer.IsCa || IsOurOwn(signer))
        {
            return Refuse(NotRenewable, $"'{signer.Subject}' is a CA or RA certificate.");
        }

        if (crls.IsRevoked(authority, signer))
        {
            return Refuse(NotRenewable, $"'{signer.Subject}', serial {signer.Serial}, is revoked.");
        }

        return JudgeTime(signer, saysRenewal);
    }

    private SignerStanding JudgeTime(Certificate signer, bool saysRenewal)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (now < signer.NotBefore || now > signer.NotAfter + Options.ExpiredGrace)
        {
            return saysRenewal ? Refuse(NotRenewable, $"'{signer.Subject}' is valid from {signer.NotBefore:u} to {signer.NotAfter:u}.") : default;
        }

        return Options.Window is { } window && now < signer.NotAfter - window
            ? Refuse("too early to renew", $"'{signer.Subject}' is valid until {signer.NotAfter:u}.")
            : new(IsRenewal: true, null);
    }

    private bool IsOurOwn(Certificate signer) =>
        alias.RaKeys.SelectMany(key => key.Certificates).Any(own => own.Encoded.Span.SequenceEqual(signer.Encoded.Span));

    private static SignerStanding Refuse(string text, string? detail = null) => new(IsRenewal: false, ScepFailure.BadRequest(text, detail));
}
