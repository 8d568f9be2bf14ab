using Ca.Core;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Cmp;

/// <summary>The one translation from what the CA says into what CMP says (CMP.md §8, the error map).</summary>
internal static class FailureMap
{
    /// <summary>Who the sender is could not be established (CMP-X-4, X-5). Wrong and unknown read the same (CMP-S-6).</summary>
    public static CmpFailure OfAuthentication(Refusal refusal) => refusal.Code switch
    {
        RefusalCode.UnsupportedAlgorithm => new(PkiFailureInfo.BadAlg, "CMP-S-9", "The algorithm of the protection is not supported.", refusal.Detail),
        RefusalCode.Revoked => new(PkiFailureInfo.CertRevoked, "CMP-X-5", "The certificate of the signer is revoked.", refusal.Detail),
        RefusalCode.Expired or RefusalCode.UnknownIssuer => new(PkiFailureInfo.SignerNotTrusted, "CMP-X-5", "The certificate of the signer is not trusted.", refusal.Detail),
        RefusalCode.NotAuthorized => new(PkiFailureInfo.NotAuthorized, "CMP-M-5", "The signer has no right here.", refusal.Detail),
        _ => new(PkiFailureInfo.BadMessageCheck, "CMP-X-4", "The protection of the message is not right.", refusal.Detail),
    };

    /// <summary>CMP-X-17: the CA or its key is away until somebody brings it back.</summary>
    public static CmpFailure OfOffline(OfflineException offline) => new(PkiFailureInfo.SystemUnavail, "CMP-X-17", "The CA is off-line.", offline.Message);

    /// <summary>CMP-E-6, X-18: whatever it was, it is nobody's business but the operator's.</summary>
    public static CmpFailure OfFault(Refusal fault) => new(PkiFailureInfo.SystemFailure, "CMP-X-18", "It failed here.", fault.Detail);

    /// <summary>The proof of possession failed (CMP-C-20 to C-24).</summary>
    public static CmpFailure OfPossession(Refusal refusal) => new(PkiFailureInfo.BadPop, "CMP-C-24", "The proof of possession is not right.", refusal.Detail);

    /// <summary>CMP-X-6, X-7: no such end entity, a wrong or spent code, or one that may not enrol: all read the same.</summary>
    public static CmpFailure MayNotEnrol(string? detail = null) => new(PkiFailureInfo.NotAuthorized, "CMP-X-6", "The end entity may not enrol.", detail);

    /// <summary>The certificate was not issued (CMP-X-6 to X-12).</summary>
    public static CmpFailure OfIssuance(Refusal refusal) => refusal.Code switch
    {
        RefusalCode.Rejected => new(PkiFailureInfo.NotAuthorized, "CMP-O-61", "People have rejected it.", refusal.Detail),
        RefusalCode.NotAuthorized => new(PkiFailureInfo.NotAuthorized, "CMP-X-9", "That is not allowed here.", refusal.Detail),
        RefusalCode.BadSignature => OfPossession(refusal),
        RefusalCode.UnsupportedAlgorithm => new(PkiFailureInfo.BadAlg, "CMP-C-5", "The algorithm of the key is not supported.", refusal.Detail),
        RefusalCode.Revoked or RefusalCode.Expired => new(PkiFailureInfo.CertRevoked, "CMP-O-2", "The end entity or the certificate is no longer in force.", refusal.Detail),
        RefusalCode.NotFound => new(PkiFailureInfo.WrongAuthority, "CMP-X-8", "Nobody here can issue that.", refusal.Detail),
        RefusalCode.UnknownIssuer or RefusalCode.NotBound => new(PkiFailureInfo.BadCertId, "CMP-X-15", "No such certificate can be updated.", refusal.Detail),
        RefusalCode.InternalFailure => OfFault(refusal),
        _ => new(PkiFailureInfo.BadCertTemplate, "CMP-X-11", "The certificate asked for is not one that is issued here.", refusal.Detail),
    };

    /// <summary>The certificate was not revoked (CMP-X-12, CMP-O-44).</summary>
    public static CmpFailure OfRevocation(Refusal refusal, RevocationReason reason) => refusal.Code switch
    {
        RefusalCode.Conflict when reason == RevocationReason.RemoveFromCrl => new(PkiFailureInfo.BadCertId, "CMP-O-42", "That certificate is not on hold.", refusal.Detail),
        RefusalCode.Rejected => new(PkiFailureInfo.NotAuthorized, "CMP-O-61", "People have rejected it.", refusal.Detail),
        RefusalCode.NotAuthorized => new(PkiFailureInfo.NotAuthorized, "CMP-O-43", "The sender may not revoke that certificate.", refusal.Detail),
        RefusalCode.Conflict => new(PkiFailureInfo.CertRevoked, "CMP-O-44", "The certificate is not in a state that this could change.", refusal.Detail),
        RefusalCode.NotFound => new(PkiFailureInfo.BadCertId, "CMP-O-44", "There is no such certificate.", refusal.Detail),
        RefusalCode.PolicyViolation => new(PkiFailureInfo.BadRequest, "CMP-O-42", "What is said about the revocation cannot be.", refusal.Detail),
        _ => new(PkiFailureInfo.BadDataFormat, "CMP-O-42", "The revocation asked for does not exist.", refusal.Detail),
    };
}
