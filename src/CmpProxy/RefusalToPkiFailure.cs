using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;

namespace CmpProxy;

/// <summary>The one translation of refusals into CMP's words (CMP.md section 8).</summary>
internal static class RefusalToPkiFailure
{
    /// <summary>The failInfo of a refusal.</summary>
    public static PkiFailureInfo Of(RefusalCode code) => code switch
    {
        RefusalCode.Malformed => PkiFailureInfo.BadDataFormat,
        RefusalCode.TooLarge => PkiFailureInfo.BadRequest,
        RefusalCode.UnsupportedAlgorithm => PkiFailureInfo.BadAlg,
        RefusalCode.WeakKey => PkiFailureInfo.BadCertTemplate,
        RefusalCode.BadSignature or RefusalCode.NotSigned => PkiFailureInfo.BadMessageCheck,
        RefusalCode.UnknownIssuer or RefusalCode.Expired or RefusalCode.WrongKeyUsage => PkiFailureInfo.SignerNotTrusted,
        RefusalCode.Revoked => PkiFailureInfo.CertRevoked,
        RefusalCode.NotAuthorized or RefusalCode.Rejected => PkiFailureInfo.NotAuthorized,
        RefusalCode.PolicyViolation => PkiFailureInfo.UnacceptedPolicy,
        RefusalCode.Conflict => PkiFailureInfo.TransactionIdInUse,
        RefusalCode.NotFound => PkiFailureInfo.BadRequest,
        _ => PkiFailureInfo.SystemFailure,
    };
}
