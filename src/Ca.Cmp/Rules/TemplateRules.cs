using Ca.Cmp.Authentication;
using Ca.Cmp.Bodies;
using Ca.Core.Issuance;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Cmp.Rules;

/// <summary>What must be right about a template and its proof, whatever the profile says (CMP.md §6.1, §6.2; RFC 4211 §4, §5).</summary>
internal static class TemplateRules
{
    private const int Version3 = 2;

    /// <summary>Purposes that would make the holder a spokesman of this CA (CMP-C-4): RFC 6402 §2.10, RFC 9810 §4.5.</summary>
    private static readonly string[] Spokesmen =
        ["1.3.6.1.5.5.7.3.27", "1.3.6.1.5.5.7.3.28", "1.3.6.1.5.5.7.3.29", "1.3.6.1.5.5.7.3.32"];

    public static Checked<Wanted> Read(Exchange exchange, CertReqMsg message)
    {
        CertTemplate template = message.Request.Template;
        if (exchange.Alias.Demands(c => c.RequestId) && !message.Request.Id.IsZero)
        {
            return new CmpFailure(PkiFailureInfo.BadRequest, "CMP-C-7", "certReqId must be 0.");
        }

        if (CheckFields(exchange, template) is { } failure)
        {
            return failure;
        }

        KnownExtensions known;
        try
        {
            known = KnownExtensions.Of(template.Extensions);
        }
        catch (System.Formats.Asn1.AsnContentException e)
        {
            return Bad("CMP-C-4", "An extension cannot be read.", e.Message);
        }

        if (CheckExtensions(known) is { } forbidden)
        {
            return forbidden;
        }

        if (ServerKeyRules.Applies(message))
        {
            return ServerKeyRules.Read(exchange, message).Succeeded(out KeyToMake? made, out CmpFailure? refused)
                ? new Wanted(RequestedKey.MadeHere, template.Subject, known.SubjectAltName?.ToString(), template.Validity) { KeySpec = made.Spec }
                : refused;
        }

        return Prove(exchange, message).Succeeded(out RequestedKey? key, out CmpFailure? unproven)
            ? new Wanted(key, template.Subject, known.SubjectAltName?.ToString(), template.Validity)
            : unproven;
    }

    /// <summary>CMP-C-1 to C-3, C-5.</summary>
    private static CmpFailure? CheckFields(Exchange exchange, CertTemplate template)
    {
        if (template.Version is { } version && version != Version3)
        {
            return Bad("CMP-C-1", "Only certificates of version 3 are issued.");
        }

        if (template.Issuer is { IsEmpty: false } issuer && !issuer.Equals(exchange.Ca.Certificate.Subject))
        {
            return new(PkiFailureInfo.WrongAuthority, "CMP-C-1", "Another CA was asked for than the one that answers here.");
        }

        return template.Validity is { NotBefore: { } from, NotAfter: { } until } && from > until ? Bad("CMP-C-2", "The validity ends before it begins.") : null;
    }

    /// <summary>CMP-C-4: no request makes a CA or a spokesman of one. The issuer would drop it; here it is told.</summary>
    private static CmpFailure? CheckExtensions(KnownExtensions known) =>
        known.IsCa || known.ExtendedKeyUsage.Intersect(Spokesmen, StringComparer.Ordinal).Any() ? new(PkiFailureInfo.NotAuthorized, "CMP-C-4", "Certificates of CAs and RAs are not issued on request.")
        : ((known.KeyUsage ?? KeyUsages.None) & (KeyUsages.KeyCertSign | KeyUsages.CrlSign)) != KeyUsages.None ? Bad("CMP-C-4", "Only CAs sign certificates and CRLs.")
        : null;

    /// <summary>CMP-C-20 to C-24.</summary>
    private static Checked<RequestedKey> Prove(Exchange exchange, CertReqMsg message)
    {
        if (message.Possession is ProofOfPossession.RaVerified)
        {
            return exchange.Requester is not { IsRa: true, IsVouchedFor: false } || !exchange.Alias.AllowRaVerified
                ? new CmpFailure(PkiFailureInfo.NotAuthorized, "CMP-C-22", "raVerified is not believed from this sender.")
                : message.Request.Template.PublicKey is { } key ? RequestedKey.Vouched(message, key)
                : Bad("CMP-C-20", "There is no key.");
        }

        if (message.Possession is null)
        {
            return new CmpFailure(PkiFailureInfo.BadPop, "CMP-C-23", "There is no proof of possession.");
        }

        return RequestedKey.Of(message, exchange.Header.Sender, exchange.Requester.Secret, AliasPolicy.Of(exchange.Alias)).Succeeded(out RequestedKey? proven, out Refusal? refusal)
            ? proven
            : FailureMap.OfPossession(refusal);
    }

    private static CmpFailure Bad(string rule, string text, string? detail = null) => new(PkiFailureInfo.BadCertTemplate, rule, text, detail);
}
