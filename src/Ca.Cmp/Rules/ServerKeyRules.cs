using Ca.Cmp.Authentication;
using Ca.Core.Profiles;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Cmp.Rules;

/// <summary>The kind of key that is to be made.</summary>
internal sealed record KeyToMake(string Spec);

/// <summary>Whether a key is made for a requester, and which (RFC 9483 §4.1.6; CMP-C-60 to C-63, X-16).</summary>
internal static class ServerKeyRules
{
    private const string Rsa = "RSA";

    /// <summary>A template without a key, or with an empty one, and nothing that proves possession of one.</summary>
    public static bool Applies(CertReqMsg message) =>
        message.Request.Template.KeyToGenerate is not null || (message.Request.Template.PublicKey is null && message.Possession is null);

    public static Checked<KeyToMake> Read(Exchange exchange, CertReqMsg message)
    {
        if (!exchange.Alias.AllowServerKeyGeneration)
        {
            return new CmpFailure(PkiFailureInfo.BadRequest, "CMP-X-16", "Keys are not generated here.");
        }

        if (message.Possession is not null || exchange.Header.Version < PkiHeader.Cmp2021)
        {
            return new CmpFailure(PkiFailureInfo.BadRequest, "CMP-C-60", "A key is generated for messages of version 3 without a proof of possession.");
        }

        return !MayReceive(exchange.Requester)
            ? new CmpFailure(PkiFailureInfo.NotAuthorized, "CMP-C-63", "Nothing can be encrypted to the sender alone.")
            : ProfileRules.Choose(exchange).Succeeded(out CertificateProfile? profile, out CmpFailure? failure)
                ? SpecOf(message.Request.Template.KeyToGenerate, profile)
                : failure;
    }

    /// <summary>Whoever knows the secret of an alias or of a CA could open a key that was encrypted with it for another.</summary>
    private static bool MayReceive(Requester requester)
    {
        if (requester.Signer is not { } signer)
        {
            return requester is { Secret: not null, SharesSecret: false };
        }

        KeyUsages needed = signer.PublicKey.IsRsa ? KeyUsages.KeyEncipherment : KeyUsages.KeyAgreement;
        return (signer.KeyUsage ?? needed).HasFlag(needed);
    }

    /// <summary>CMP-C-61: what is asked for, or the only one there is to choose.</summary>
    private static Checked<KeyToMake> SpecOf(AlgorithmIdentifier? asked, CertificateProfile profile)
    {
        string[] fitting = asked switch
        {
            null => [.. profile.AllowedKeys],
            { Oid: Oids.RsaEncryption } => [.. profile.AllowedKeys.Where(k => k.StartsWith(Rsa, StringComparison.Ordinal))],
            { Oid: Oids.EcPublicKey, Parameters: { } curve } => CurveOf(curve) is { } name && profile.AllowedKeys.Contains(name, StringComparer.Ordinal) ? [name] : [],
            _ => [],
        };
        return fitting is [var only] ? new KeyToMake(only) : new CmpFailure(PkiFailureInfo.BadCertTemplate, "CMP-C-61", "The template does not say which of the allowed kinds of key is to be made.");
    }

    private static string? CurveOf(ReadOnlyMemory<byte> parameters) => !Der.DecodeBer<ObjectIdentifier>(parameters).Succeeded(out ObjectIdentifier? curve, out Refusal? _) ? null : curve.Oid switch
    {
        Oids.P256 => "P-256",
        Oids.P384 => "P-384",
        Oids.P521 => "P-521",
        _ => null,
    };
}
