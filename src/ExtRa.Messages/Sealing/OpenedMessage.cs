using ExtRa.Messages.Contract;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace ExtRa.Messages.Sealing;

/// <summary>A message whose layers are off and whose header fits its row.</summary>
/// <param name="Content">Header and submessages.</param>
/// <param name="Protection">The layers it had.</param>
/// <param name="Signer">
/// The certificate whose key made the signature, or null when unsigned. The signature is verified; whether this
/// signer is trusted is decided by the receiver.
/// </param>
public record OpenedMessage(MessageContent Content, Protection Protection, Certificate? Signer)
{
    /// <summary>
    /// Why nothing of the message may be processed although its sender is known; null when nothing is wrong. It can
    /// then be answered part by part, protected as it was itself (FLAWS.md A6, C9).
    /// </summary>
    public Refusal? Damage { get; init; }

    /// <summary>
    /// Of a signed message: SHA-256 of the signer's key and all that his signature covers. The same again is the same
    /// request, whatever else was changed around it (FLAWS.md B4). Null for an unsigned one.
    /// </summary>
    public byte[]? SignedDigest { get; init; }
}

/// <summary>The row a message was found in: what its sealed header must repeat.</summary>
/// <param name="UniqueId">The row's key.</param>
/// <param name="MessageId">The row's messageid.</param>
/// <param name="Type">The row's type.</param>
/// <param name="Kind">What is expected there: a request while waiting, an answer when processed.</param>
/// <param name="Stored">The row's createtime, for messages that say themselves when they were made by nothing else.</param>
public sealed record RowIdentity(string UniqueId, string MessageId, Store.MessageType Type, MessageKind Kind, DateTimeOffset? Stored = null);
