using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cms;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Scep;

/// <summary>A server's reply as a client reads it: signed by the RA, an answer to this very request, open.</summary>
/// <param name="Status">How it went.</param>
/// <param name="FailInfo">Why not; FAILURE only.</param>
/// <param name="FailInfoText">Why not, in words; FAILURE only, and seldom.</param>
/// <param name="SenderNonce">The server's nonce; null when it sent none.</param>
/// <param name="Contents">Certificates and CRLs; SUCCESS only.</param>
public sealed record CertRep(PkiStatus Status, FailInfo? FailInfo, string? FailInfoText, byte[]? SenderNonce, CertificateBundle? Contents)
{
    /// <summary>Reads a reply.</summary>
    /// <param name="reply">What the server sent.</param>
    /// <param name="sent">What it was asked.</param>
    /// <param name="raCertificates">Who may sign, from GetCACert; those that may not sign do no harm here.</param>
    /// <param name="policy">The algorithms allowed.</param>
    public static Outcome<CertRep> Read(ReadOnlyMemory<byte> reply, SentRequest sent, IReadOnlyList<Certificate> raCertificates, ScepAlgorithmPolicy policy)
    {
        if (!SignedData.Decode(reply).Succeeded(out SignedData? signed, out Refusal? refusal)
            || !signed.VerifySigner(policy.Digests, raCertificates).Succeeded(out VerifiedSigner? verified, out refusal))
        {
            return refusal;
        }

        if (!raCertificates.Any(ra => ra.Encoded.Span.SequenceEqual(verified.Certificate.Encoded.Span)))
        {
            return new Refusal(RefusalCode.UnknownIssuer, $"The reply is signed by '{verified.Certificate.Subject}', which is not the RA.");
        }

        try
        {
            return ReadAttributes(signed, signed.Signers[0], sent, policy);
        }
        catch (AsnContentException e)
        {
            return new Refusal(RefusalCode.Malformed, $"The reply: {e.Message}");
        }
    }

    private static Outcome<CertRep> ReadAttributes(SignedData signed, SignerInfo signer, SentRequest sent, ScepAlgorithmPolicy policy)
    {
        if (ScepAttributes.ReadText(signer, Oids.ScepMessageType) != "3")
        {
            return new Refusal(RefusalCode.Malformed, "The reply is not a CertRep.");
        }

        if (!sent.TransactionId.Equals(ScepAttributes.ReadTransactionId(signer))
            || !sent.SenderNonce.Span.SequenceEqual(ScepAttributes.ReadNonce(signer, Oids.ScepRecipientNonce)))
        {
            return new Refusal(RefusalCode.NotBound, "The reply belongs to another request.");
        }

        byte[]? nonce = ScepAttributes.ReadNonce(signer, Oids.ScepSenderNonce);
        return ScepAttributes.ReadText(signer, Oids.ScepPkiStatus) switch
        {
            "0" => ReadSuccess(signed, sent, nonce, policy),
            "2" => new CertRep(PkiStatus.Failure, ReadFailInfo(signer), ScepAttributes.ReadText(signer, Oids.ScepFailInfoText), nonce, null),
            "3" => new CertRep(PkiStatus.Pending, null, null, nonce, null),
            var unknown => new Refusal(RefusalCode.Malformed, $"The reply has the status '{unknown}'."),
        };
    }

    private static Outcome<CertRep> ReadSuccess(SignedData signed, SentRequest sent, byte[]? nonce, ScepAlgorithmPolicy policy)
    {
        if (signed.Content is not { } content)
        {
            return new Refusal(RefusalCode.NotEncrypted, "The reply says SUCCESS and has no content.");
        }

        if (!EnvelopedData.Decode(content).Succeeded(out EnvelopedData? enveloped, out Refusal? refusal))
        {
            return refusal;
        }

        if (!policy.Ciphers.Contains(enveloped.Cipher))
        {
            return new Refusal(RefusalCode.UnsupportedAlgorithm, $"The reply is encrypted with {enveloped.Cipher}.");
        }

        return enveloped.Decrypt(sent.Sender.Key, sent.Sender.Certificate).Succeeded(out byte[]? certsOnly, out refusal)
            && CertsOnly.Decode(certsOnly).Succeeded(out CertificateBundle? contents, out refusal)
            ? new CertRep(PkiStatus.Success, null, null, nonce, contents)
            : refusal;
    }

    private static FailInfo ReadFailInfo(SignerInfo signer) => ScepAttributes.ReadText(signer, Oids.ScepFailInfo) switch
    {
        "0" => Scep.FailInfo.BadAlg,
        "1" => Scep.FailInfo.BadMessageCheck,
        "3" => Scep.FailInfo.BadTime,
        "4" => Scep.FailInfo.BadCertId,
        _ => Scep.FailInfo.BadRequest, // codes of others mean no more than that
    };
}
