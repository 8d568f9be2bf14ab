using Pki.Protocols.Trust;

namespace ExtRa.Messages.Contract;

/// <summary>The fixed catalogue of texts that leave the CA (FLAWS.md D8). Details stay in its log and audit.</summary>
public static class FailInfoText
{
    /// <summary>The text for a reason.</summary>
    public static string Of(RefusalCode reason) => reason switch
    {
        RefusalCode.Malformed => "The request is not well formed.",
        RefusalCode.TooLarge => "The request is too large.",
        RefusalCode.UnsupportedAlgorithm => "The request uses an algorithm that is not allowed.",
        RefusalCode.WeakKey => "The public key is not acceptable.",
        RefusalCode.BadSignature => "A signature does not verify.",
        RefusalCode.DecryptionFailed => "The message could not be decrypted, or is not properly signed inside.",
        RefusalCode.WrongRecipient => "The message is encrypted to another recipient.",
        RefusalCode.NotSigned => "The message must be signed.",
        RefusalCode.NotEncrypted => "The message must be encrypted.",
        RefusalCode.UnknownIssuer => "The signer's certificate is not from the configured issuer.",
        RefusalCode.Expired => "The signer's certificate is outside its validity period.",
        RefusalCode.Revoked => "The signer's certificate is revoked.",
        RefusalCode.WrongKeyUsage => "The signer's certificate may not be used for signing requests.",
        RefusalCode.NotAuthorized => "The signer lacks a right that the request needs.",
        RefusalCode.NotBound => "The message does not belong to its row, or is too old.",
        RefusalCode.NotFound => "A CA, profile, user or certificate named in the request does not exist.",
        RefusalCode.PolicyViolation => "A profile does not allow the request.",
        RefusalCode.Conflict => "The request contradicts an existing one.",
        RefusalCode.Rejected => "The request was rejected by an administrator.",
        RefusalCode.InternalFailure => "The CA could not process the request.",
        _ => "The CA could not process the request.",
    };
}
