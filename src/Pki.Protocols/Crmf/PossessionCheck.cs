using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Crmf;

/// <summary>
/// Verifies a proof of possession over the octets as received (RFC 4211 §4.1, CMP-C-20, CMP-C-21). Whether raVerified is
/// believed, and what to do about other proofs or none, the server decides (CMP-C-22 to C-27).
/// </summary>
public static class PossessionCheck
{
    /// <summary>Verifies a signature proof.</summary>
    /// <param name="message">The request.</param>
    /// <param name="sender">The sender that the message's protection has proven.</param>
    /// <param name="secret">The shared secret for publicKeyMAC; null when there is none.</param>
    /// <param name="policy">Which algorithms are believed.</param>
    /// <returns>
    /// The key whose possession is proven; NotSigned for another proof or none, Malformed for a proof that does not fit
    /// the template, NotBound for one made by somebody else, UnsupportedAlgorithm, else BadSignature or what the MAC refuses.
    /// </returns>
    public static Outcome<SubjectPublicKey> VerifySignature(CertReqMsg message, GeneralName sender, Secret? secret, CmpAlgorithmPolicy policy)
    {
        if (message.Possession is not ProofOfPossession.Signature { SigningKey: var proof })
        {
            return new Refusal(RefusalCode.NotSigned, "The proof of possession is not a signature.");
        }

        if (policy.ObjectionTo(proof.Algorithm) is { } refusal)
        {
            return refusal;
        }

        CertTemplate template = message.Request.Template;
        if (proof.Input is null)
        {
            return template is { Subject: not null, PublicKey: { } key }
                ? Verify(proof, key, message.Request.Encoded)
                : new Refusal(RefusalCode.Malformed, "A proof without poposkInput needs subject and publicKey in the template.");
        }

        if (template.PublicKey is { } wanted && !wanted.SameKeyAs(proof.Input.PublicKey))
        {
            return new Refusal(RefusalCode.NotBound, "poposkInput and template have different keys.");
        }

        return ObjectionTo(proof.Input, sender, secret, policy) is { } objection ? objection : Verify(proof, proof.Input.PublicKey, proof.Input.Encoded);
    }

    private static Refusal? ObjectionTo(PopoSigningKeyInput input, GeneralName sender, Secret? secret, CmpAlgorithmPolicy policy)
    {
        if (input.PublicKeyMac is not { } mac)
        {
            return SameName(input.Sender, sender) ? null : new(RefusalCode.NotBound, "poposkInput names another sender than the header.");
        }

        if (secret is null || mac.Algorithm.Oid != Oids.PasswordBasedMac)
        {
            return new(RefusalCode.BadSignature, "publicKeyMAC cannot be verified."); // RFC 4211 §4.4: PasswordBasedMac and no other
        }

        if (!MacAlgorithm.From(mac.Algorithm, policy.Macs).Succeeded(out MacAlgorithm? algorithm, out Refusal? refusal))
        {
            return refusal;
        }

        using MacKey key = algorithm.DeriveKey(secret);
        return key.Verify(input.PublicKey.Encoded.Span, mac.Value.Span) ? null : new(RefusalCode.BadSignature, "publicKeyMAC is not right.");
    }

    /// <summary>Names are compared as names, octets first for speed (CMP-H-19).</summary>
    private static bool SameName(GeneralName? one, GeneralName other) =>
        one == other || (one?.ToDistinguishedName() is { } name && name.Equals(other.ToDistinguishedName()));

    private static Outcome<SubjectPublicKey> Verify(PopoSigningKey proof, SubjectPublicKey key, ReadOnlyMemory<byte> signed) =>
        key.Verify(signed.Span, proof.Signature.Span, proof.Algorithm) ? key : new Refusal(RefusalCode.BadSignature, "The proof of possession is not right.");
}
