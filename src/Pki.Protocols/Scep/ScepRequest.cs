using System.Security.Cryptography;
using Pki.Protocols.Cms;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Scep;

/// <summary>A request whose signature is right and whose content is open. Who the signer is, is the server's question.</summary>
/// <param name="Envelope">The message around it.</param>
/// <param name="MessageType">What it is.</param>
/// <param name="Signature">Who signed it, and how.</param>
/// <param name="Cipher">How it was encrypted; the reply mirrors it.</param>
/// <param name="Ra">To whom it was encrypted; that RA signs the reply (SCEP.md L-06).</param>
/// <param name="Body">What it asks for.</param>
public sealed record ScepRequest(ScepEnvelope Envelope, MessageType MessageType, VerifiedSigner Signature, ContentCipher Cipher, ScepRaIdentity Ra, ScepBody Body)
{
    /// <summary>
    /// The one refusal for everything that is wrong behind the encryption: wrong key, wrong padding, no request, wrong
    /// signature in the request, and, decided by the server, a request for another key than the signer's. An attacker
    /// can sign a stranger's envelope anew; what he learns from the answer must not depend on what is in it (SCEP.md E-07).
    /// </summary>
    public static Refusal Unreadable { get; } = new(RefusalCode.DecryptionFailed, "The encrypted part is not a proper request of this signer.");

    /// <summary>The transaction.</summary>
    public TransactionId TransactionId => Envelope.TransactionId;

    /// <summary>The signer's certificate, to which the reply is encrypted.</summary>
    public Certificate Signer => Signature.Certificate;

    /// <summary>The digest of the signature; the reply mirrors it.</summary>
    public HashAlgorithmName Digest => Signature.Digest;
}
