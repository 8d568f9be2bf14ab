using Pki.Protocols.Cms;
using Pki.Protocols.Scep;
using Pki.Protocols.Trust;
using ScepRaServer.Aliases;
using ScepRaServer.Policies;

namespace ScepRaServer.Operations;

/// <summary>A message that passed the gate.</summary>
/// <param name="Request">Opened.</param>
/// <param name="IsRenewal">See <see cref="Operation"/>.</param>
internal sealed record AdmittedMessage(ScepRequest Request, bool IsRenewal);

/// <summary>
/// From an envelope to a request, in the order of RFC 8894 §3: verify, check what the sender wrote in the clear, decrypt.
/// All that is decided by clear text comes before decryption, so that no answer depends on what is inside before it
/// has proven to be the sender's own (SCEP.md E-07).
/// </summary>
internal sealed class MessageGate(TimeProvider clock)
{
    /// <summary>Opens a message.</summary>
    /// <param name="alias">Whose keys and policy.</param>
    /// <param name="envelope">The message.</param>
    public (AdmittedMessage? Message, ScepFailure? Failure) Open(ScepAlias alias, ScepEnvelope envelope)
    {
        // 1. The key, before any arithmetic with it (L-02), with a text the operator of the device can use (S-08).
        if (envelope.Signer is { } claimed && alias.Keys.CheckSigner(claimed.PublicKey) is { } weak)
        {
            return (null, weak);
        }

        // 2. Attributes, algorithms, signature.
        if (!envelope.Verify(alias.Algorithms).Succeeded(out VerifiedSigner? signer, out Refusal? refusal))
        {
            return (null, RefusalToFailInfo.Of(refusal));
        }

        // 3. Time, type, recipient, the signer's standing.
        SignerStanding standing = default;
        ScepFailure? failure = CheckTime(alias, signer) ?? CheckType(envelope) ?? CheckRecipient(alias, envelope);
        if (failure is null && envelope.MessageType is MessageType.PkcsReq or MessageType.RenewalReq)
        {
            standing = alias.Renewals.Judge(signer.Certificate, envelope.MessageType == MessageType.RenewalReq);
            failure = standing.Failure;
        }

        if (failure is not null)
        {
            return (null, failure);
        }

        // 4. Decrypt, read, proof of possession. 5. The request is the signer's own. One answer to all that fails here.
        if (!envelope.Decrypt(signer, alias.Identities, alias.Algorithms).Succeeded(out ScepRequest? request, out refusal))
        {
            return (null, RefusalToFailInfo.Of(refusal));
        }

        return IsSignersOwn(alias, request, standing.IsRenewal)
            ? (new(request, standing.IsRenewal), null)
            : (null, RefusalToFailInfo.Of(ScepRequest.Unreadable));
    }

    // off unless configured. A message without a time is not checked.
    private ScepFailure? CheckTime(ScepAlias alias, VerifiedSigner signer) =>
        alias.Options.MaxClockSkew is { } most && signer.SigningTime is { } time && (clock.GetUtcNow() - time).Duration() > most
            ? new(FailInfo.BadTime, "clock difference too large", $"The message was signed at {time:u}.")
            : null;

    // M-01: nothing but the five types, and before any thought of who may have what.
    private static ScepFailure? CheckType(ScepEnvelope envelope) =>
        envelope.MessageType is null ? ScepFailure.BadRequest("unknown message type") : null;

    private static ScepFailure? CheckRecipient(ScepAlias alias, ScepEnvelope envelope)
    {
        if (envelope.Cipher is null || envelope.RaAmong(alias.Identities) is not null)
        {
            return null; // without a readable envelope, Decrypt says what is wrong
        }

        // E-04: some clients encrypt to every certificate they find, some to the wrong one.
        return alias.Authorities.Any(envelope.IsEncryptedTo)
            ? ScepFailure.BadRequest("encrypted to the CA certificate, not to the RA certificate")
            : null;
    }

    /// <summary>
    /// the key that signed is the key to be certified. W-03: a renewal is for the name of its certificate. Either
    /// way a stranger's request in the sender's envelope ends here, without a word of its own.
    /// </summary>
    private static bool IsSignersOwn(ScepAlias alias, ScepRequest request, bool isRenewal) =>
        request.Body is not ScepBody.Enrolment { Request: var csr }
        || (isRenewal
            ? csr.Subject.Equals(request.Signer.Subject)
            : csr.PublicKey.SameKeyAs(request.Signer.PublicKey) || alias.Options.AllowSeparateSignerKey);
}
