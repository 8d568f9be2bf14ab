using ExtRa.Messages.Contract;
using Pki.Protocols.X509;

namespace ExtRa.Messages.Sealing;

/// <summary>A message whose layers are off and whose header fits its row.</summary>
/// <param name="Content">Header and submessages.</param>
/// <param name="Protection">The layers it had.</param>
/// <param name="Signer">
/// The certificate whose key made the signature, or null when unsigned. The signature is verified; whether this
/// signer is trusted is decided by the receiver.
/// </param>
public sealed record OpenedMessage(MessageContent Content, Protection Protection, Certificate? Signer);

/// <summary>The row a message was found in: what its sealed header must repeat.</summary>
/// <param name="UniqueId">The row's key.</param>
/// <param name="MessageId">The row's messageid.</param>
/// <param name="Type">The row's type.</param>
/// <param name="Kind">What is expected there: a request while waiting, an answer when processed.</param>
public sealed record RowIdentity(string UniqueId, string MessageId, Store.MessageType Type, MessageKind Kind);
