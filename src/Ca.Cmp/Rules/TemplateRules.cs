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
    private const int MaxRequestIdBytes = 20; // as a serial number; it is kept with the transaction

    public static Checked<Wanted> Read(Exchange exchange, CertReqMsg message)
    {
        CertTemplate template = message.Request.Template;
        if (message.Request.Id.GetByteCount() > MaxRequestIdBytes)
        {
            return new CmpFailure(PkiFailureInfo.BadDataFormat, "CMP-C-7", "certReqId is too large.");
        }

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
        known.IsCa || known.SpeaksForCa ? NoSpokesmen
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

    /// <summary>CMP-C-4: no request makes a CA, or somebody who speaks for one.</summary>
    public static CmpFailure NoSpokesmen { get; } = new(PkiFailureInfo.NotAuthorized, "CMP-C-4", "Certificates of CAs and RAs are not issued on request.");

    private static CmpFailure Bad(string rule, string text, string? detail = null) => new(PkiFailureInfo.BadCertTemplate, rule, text, detail);
}
