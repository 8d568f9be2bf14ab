namespace Pki.Protocols.Scep;

/// <summary>A request on its way, and what its reply is matched with.</summary>
/// <param name="Encoded">The pkiMessage.</param>
/// <param name="TransactionId">The transaction.</param>
/// <param name="SenderNonce">The nonce the reply must repeat.</param>
/// <param name="Sender">Whose key opens the reply.</param>
public sealed record SentRequest(byte[] Encoded, TransactionId TransactionId, ReadOnlyMemory<byte> SenderNonce, ScepSender Sender);
