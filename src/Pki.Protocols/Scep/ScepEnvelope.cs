using System.Formats.Asn1;
using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cms;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Scep;

/// <summary>
/// A pkiMessage as it came in, in the steps of RFC 8894 §3: (a) <see cref="Read"/> finds what every reply needs, and
/// nothing of it is believed; (b) <see cref="Verify"/> the signature; (c, d) <see cref="Decrypt"/> and read the body.
/// After (a) a signed FAILURE is possible, whatever happens next (SCEP.md B-18).
/// </summary>
public sealed class ScepEnvelope
{
    private readonly SignedData signed;
    private readonly SignerInfo signer;
    private readonly Outcome<EnvelopedData> content;
    private readonly Refusal? objection;

    private ScepEnvelope(SignedData signed, SignerInfo signer, TransactionId transactionId)
    {
        this.signed = signed;
        this.signer = signer;
        TransactionId = transactionId;
        Signer = signed.ClaimedSigner;
        SigningTime = SignedData.ReadSigningTime(signer);
        Digest = HashAlgorithms.FromOid(signer.DigestAlgorithm.Oid);
        content = signed.Content is { } octets
            ? EnvelopedData.DecodeWhatever(octets)
            : new Refusal(RefusalCode.Malformed, "The message has no content."); // SCEP.md S-10
        try
        {
            MessageTypeText = ScepAttributes.ReadText(signer, Oids.ScepMessageType);
            SenderNonce = ScepAttributes.ReadNonce(signer, Oids.ScepSenderNonce) is { } nonce ? nonce : default(ReadOnlyMemory<byte>?); // a bare null would become empty memory
            objection = transactionId.IsPrintable ? null : new(RefusalCode.Malformed, "The transaction id holds control characters.");
        }
        catch (AsnContentException e)
        {
            objection = new(e is LimitExceededException ? RefusalCode.TooLarge : RefusalCode.Malformed, e.Message);
        }
    }

    /// <summary>The transaction, to be echoed as it is (SCEP.md A-02).</summary>
    public TransactionId TransactionId { get; }

    /// <summary>The nonce to be echoed; null when there is none that can be read.</summary>
    public ReadOnlyMemory<byte>? SenderNonce { get; }

    /// <summary>The message type as written, for the log; null when there is none that can be read.</summary>
    public string? MessageTypeText { get; }

    /// <summary>The message type; null when it is none of a request (SCEP.md M-01, A-09).</summary>
    public MessageType? MessageType => MessageTypeText switch
    {
        "17" => Scep.MessageType.RenewalReq,
        "19" => Scep.MessageType.PkcsReq,
        "20" => Scep.MessageType.CertPoll,
        "21" => Scep.MessageType.GetCert,
        "22" => Scep.MessageType.GetCrl,
        _ => null,
    };

    /// <summary>The certificate the message names as its signer's; null when it is not in the message.</summary>
    public Certificate? Signer { get; }

    /// <summary>The digest of the signature; null when it is not known here.</summary>
    public HashAlgorithmName? Digest { get; }

    /// <summary>The content cipher; null when it is not known here or there is no envelope.</summary>
    public ContentCipher? Cipher => content.Succeeded(out EnvelopedData? enveloped, out _) && enveloped.Unsupported is null ? enveloped.Cipher : null;

    /// <summary>When the signer says it signed; null when it does not say.</summary>
    public DateTimeOffset? SigningTime { get; }

    /// <summary>Step (a). Refuses only what no CertRep can answer: not CMS, not one signer, no transaction id (SCEP.md H-15).</summary>
    /// <param name="pkiMessage">BER or DER; a line end after it is forgiven (SCEP.md S-01).</param>
    public static Outcome<ScepEnvelope> Read(ReadOnlyMemory<byte> pkiMessage)
    {
        if (!SignedData.Decode(WithoutLineEnd(pkiMessage)).Succeeded(out SignedData? signed, out Refusal? refusal))
        {
            return refusal;
        }

        if (signed.Signers is not [var signer])
        {
            return new Refusal(RefusalCode.NotSigned, "Nobody signed the message.");
        }

        try
        {
            return ScepAttributes.ReadTransactionId(signer) is { } id
                ? new ScepEnvelope(signed, signer, id)
                : new Refusal(RefusalCode.Malformed, "The message has no transaction id.");
        }
        catch (AsnContentException e)
        {
            return new Refusal(e is LimitExceededException ? RefusalCode.TooLarge : RefusalCode.Malformed, e.Message);
        }
    }

    /// <summary>The RA it is encrypted to, known before anything is believed; null when it is none of these.</summary>
    public ScepRaIdentity? RaAmong(IEnumerable<ScepRaIdentity> ras) => ras.FirstOrDefault(ra => IsEncryptedTo(ra.EncryptionCertificate));

    /// <summary>True when a recipient is this certificate, the CA's for example (SCEP.md E-04).</summary>
    public bool IsEncryptedTo(Certificate certificate) => content.Succeeded(out EnvelopedData? enveloped, out _) && enveloped.IsFor(certificate);

    /// <summary>Steps (b) to (d) at once.</summary>
    public Outcome<ScepRequest> Open(IReadOnlyList<ScepRaIdentity> ras, ScepAlgorithmPolicy policy) =>
        Verify(policy).Succeeded(out VerifiedSigner? verified, out Refusal? refusal) ? Decrypt(verified, ras, policy) : refusal;

    /// <summary>Step (b): attributes present and single, algorithms allowed, key fit for a reply, signature right.</summary>
    public Outcome<VerifiedSigner> Verify(ScepAlgorithmPolicy policy)
    {
        if (objection is not null)
        {
            return objection;
        }

        if (SenderNonce is null && !policy.AllowMissingSenderNonce)
        {
            return new Refusal(RefusalCode.Malformed, "The message has no senderNonce.");
        }

        if (Signer is not null && policy.ObjectionTo(Signer.PublicKey) is { } weak)
        {
            return weak; // before the mathematics: its cost is bounded by the key's size (L-02)
        }

        return signed.ContentType == Oids.Data
            ? signed.VerifySigner(policy.Digests)
            : new Refusal(RefusalCode.Malformed, $"The signed content is of type {signed.ContentType}.");
    }

    /// <summary>Steps (c) and (d). What is wrong behind the encryption is always <see cref="ScepRequest.Unreadable"/>.</summary>
    /// <param name="verified">What <see cref="Verify"/> gave.</param>
    /// <param name="ras">Our RA keys, in any order.</param>
    /// <param name="policy">The algorithms allowed.</param>
    public Outcome<ScepRequest> Decrypt(VerifiedSigner verified, IReadOnlyList<ScepRaIdentity> ras, ScepAlgorithmPolicy policy)
    {
        // What the sender wrote in the clear may be refused by name.
        if (MessageType is not { } type)
        {
            return new Refusal(RefusalCode.Malformed, $"'{MessageTypeText}' is no message type of a request."); // M-01
        }

        if (!content.Succeeded(out EnvelopedData? enveloped, out Refusal? refusal) || (refusal = ObjectionTo(enveloped, policy)) is not null)
        {
            return refusal;
        }

        if (RaAmong(ras) is not { } ra)
        {
            return new Refusal(RefusalCode.WrongRecipient, "The message is encrypted to an unknown RA certificate."); // E-03
        }

        // From here on nothing but the key decides: one path, one refusal (E-07).
        if (!enveloped.DecryptBlindly(ra.DecryptionKey, ra.EncryptionCertificate).Succeeded(out BlindContent? opened, out refusal))
        {
            return refusal;
        }

        ScepBody? body = ScepBody.Read(type, opened.Octets);
        if (body is null || !opened.IsIntact)
        {
            return ScepRequest.Unreadable;
        }

        return body is ScepBody.Enrolment { Request.SignatureAlgorithm: var algorithm } && !policy.Digests.Allows(algorithm.Hash)
            ? new Refusal(RefusalCode.UnsupportedAlgorithm, $"The certification request is signed with {algorithm}.") // a right signature: nothing to probe
            : new ScepRequest(this, type, verified, enveloped.Cipher, ra, body);
    }

    private static Refusal? ObjectionTo(EnvelopedData enveloped, ScepAlgorithmPolicy policy)
    {
        if (enveloped.Unsupported is { } reason)
        {
            return new(RefusalCode.UnsupportedAlgorithm, reason);
        }

        if (enveloped.ContentType != Oids.Data)
        {
            return new(RefusalCode.Malformed, $"The encrypted content is of type {enveloped.ContentType}."); // E-01
        }

        if (!policy.Ciphers.Contains(enveloped.Cipher))
        {
            return new(RefusalCode.UnsupportedAlgorithm, $"The content cipher {enveloped.Cipher} is not allowed."); // E-06
        }

        return enveloped.Recipients.Any(recipient => recipient is RecipientInfo.KeyTransported)
            ? null
            : new(RefusalCode.UnsupportedAlgorithm, "The message is encrypted to no RSA key."); // E-10, E-11
    }

    private static ReadOnlyMemory<byte> WithoutLineEnd(ReadOnlyMemory<byte> message)
    {
        ReadOnlySpan<byte> trimmed = message.Span.TrimEnd("\r\n"u8);
        if (trimmed.Length == message.Length)
        {
            return message;
        }

        try
        {
            // A signature may well end in 0x0A: what belongs to the message, its own length says.
            AsnDecoder.ReadEncodedValue(message.Span, AsnEncodingRules.BER, out _, out _, out int consumed);
            return consumed >= trimmed.Length ? message[..consumed] : message;
        }
        catch (AsnContentException)
        {
            return message; // the decoder says why
        }
    }
}
