using Pki.Protocols.Scep;
using Pki.Protocols.Trust;

namespace ScepRaServer;

/// <summary>The one translation of refusals into SCEP (SCEP.md section 16).</summary>
internal static class RefusalToFailInfo
{
    /// <summary>The failure a refusal becomes. Its detail stays here.</summary>
    public static ScepFailure Of(Refusal refusal) => refusal.Code switch
    {
        RefusalCode.UnsupportedAlgorithm => ScepFailure.BadAlgorithm("algorithm not supported", refusal.ToString()),
        RefusalCode.BadSignature => new(FailInfo.BadMessageCheck, "signature does not verify", refusal.ToString()),
        RefusalCode.NotSigned => new(FailInfo.BadMessageCheck, "signer certificate missing", refusal.ToString()),
        RefusalCode.NotFound => new(FailInfo.BadCertId, null, refusal.ToString()),
        RefusalCode.Expired => new(FailInfo.BadTime, "clock difference too large", refusal.ToString()),
        RefusalCode.WeakKey => ScepFailure.BadRequest("key not acceptable", refusal.ToString()),
        RefusalCode.WrongRecipient => ScepFailure.BadRequest("encrypted to an unknown RA certificate", refusal.ToString()),
        RefusalCode.TooLarge => ScepFailure.BadRequest("message too large", refusal.ToString()),
        RefusalCode.DecryptionFailed => ScepFailure.NotOpened(refusal.ToString()),
        _ => ScepFailure.BadRequest("message not acceptable", refusal.ToString()),
    };
}
