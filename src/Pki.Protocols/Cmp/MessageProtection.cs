using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cmp;

/// <summary>What protects a message (RFC 9810 §5.1.3).</summary>
public enum ProtectionKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A MAC of a shared secret: PasswordBasedMac or PBMAC1, or one of those that are only recognised.</summary>
    Mac,

    /// <summary>A signature, known here or not.</summary>
    Signature,
}

/// <summary>
/// Protects messages and verifies their protection, over the octets as received (CMP-E-1). Whether a signer's
/// certificate deserves belief, and which secret belongs to a sender, are other people's questions.
/// </summary>
public static class MessageProtection
{
    /// <summary>
    /// The one refusal for a protection that is not right: wrong secret or key, wrong value, wrong length, none at all. The
    /// server answers an unknown sender with the same (CMP-S-6, CMP-X-4).
    /// </summary>
    public static Refusal Wrong { get; } = new(RefusalCode.BadSignature, "The protection of the message is not right.");

    /// <summary>Which kind the message claims to have; Malformed when protection and protectionAlg do not come together (CMP-H-5).</summary>
    public static Outcome<MessageProtectionClaim> Claim(PkiMessage message) => (message.Header.ProtectionAlgorithm, message.Protection) switch
    {
        (null, null) => new MessageProtectionClaim(ProtectionKind.None, null),
        ({ } algorithm, { }) => new MessageProtectionClaim(MacAlgorithm.IsMac(algorithm.Oid) ? ProtectionKind.Mac : ProtectionKind.Signature, algorithm),
        _ => new Refusal(RefusalCode.Malformed, "Protection and protectionAlg do not come together."),
    };

    /// <summary>Verifies a MAC: parameters, then key, then value. The key protects the answer.</summary>
    /// <returns>What <see cref="MacAlgorithm.From"/> refuses, else <see cref="Wrong"/>.</returns>
    public static Outcome<MacKey> VerifyMac(PkiMessage message, Secret secret, CmpAlgorithmPolicy policy)
    {
        if (message.Header.ProtectionAlgorithm is not { } identifier)
        {
            return Wrong;
        }

        if (!MacAlgorithm.From(identifier, policy.Macs).Succeeded(out MacAlgorithm? algorithm, out Refusal? refusal))
        {
            return refusal;
        }

        MacKey key = algorithm.DeriveKey(secret);
        if (ObjectionTo(message, key) is null)
        {
            return key;
        }

        key.Dispose();
        return Wrong;
    }

    /// <summary>Verifies a MAC with a key derived before; null when it is right. Other parameters need another key.</summary>
    public static Refusal? ObjectionTo(PkiMessage message, MacKey key) =>
        message.Header.ProtectionAlgorithm == key.Algorithm && message.Protection is { } mac && key.Verify(message.ProtectedPart(), mac.Span) ? null : Wrong;

    /// <summary>Verifies a signature; null when it is right.</summary>
    /// <returns>UnsupportedAlgorithm for a MAC and for a signature algorithm not known or not allowed, Malformed for parameters that cannot be read, else <see cref="Wrong"/>.</returns>
    public static Refusal? ObjectionTo(PkiMessage message, SubjectPublicKey signer, CmpAlgorithmPolicy policy)
    {
        if (message.Header.ProtectionAlgorithm is not { } identifier || message.Protection is not { } signature)
        {
            return Wrong;
        }

        // Through the door: the parameters of RSASSA-PSS are a stranger's octets that nobody has looked at yet (CVE-2026-63076).
        return !Der.DecodeBer<SignatureAlgorithm>(Der.Encode(identifier)).Succeeded(out SignatureAlgorithm? algorithm, out Refusal? refusal) ? refusal
            : policy.ObjectionTo(algorithm) is { } objection ? objection
            : signer.Verify(message.ProtectedPart(), signature.Span, algorithm) ? null
            : Wrong;
    }

    /// <summary>Makes a message protected by a MAC; protectionAlg is the key's.</summary>
    public static PkiMessage Mac(PkiHeader header, PkiBody body, MacKey key, IReadOnlyList<CmpCertificate>? extraCerts = null)
    {
        var message = PkiMessage.Create(header with { ProtectionAlgorithm = key.Algorithm }, body, extraCerts);
        return message.WithProtection(key.Compute(message.ProtectedPart()));
    }

    /// <summary>Makes a signed message.</summary>
    public static PkiMessage Sign(PkiHeader header, PkiBody body, KeyPair key, SignatureAlgorithm algorithm, IReadOnlyList<CmpCertificate>? extraCerts = null)
    {
        PkiMessage message = PrepareToSign(header, body, algorithm, extraCerts);
        return message.WithProtection(key.Sign(message.ProtectedPart(), algorithm));
    }

    /// <summary>
    /// The same in two steps, for a key that is elsewhere: sign <see cref="PkiMessage.ProtectedPart"/> of the result, then
    /// <see cref="PkiMessage.WithProtection"/>.
    /// </summary>
    public static PkiMessage PrepareToSign(PkiHeader header, PkiBody body, SignatureAlgorithm algorithm, IReadOnlyList<CmpCertificate>? extraCerts = null) =>
        PkiMessage.Create(header with { ProtectionAlgorithm = algorithm.Identifier }, body, extraCerts);
}

/// <summary>What a message claims about its protection; nothing of it is verified.</summary>
/// <param name="Kind">Which kind.</param>
/// <param name="Algorithm">protectionAlg; null without protection.</param>
public sealed record MessageProtectionClaim(ProtectionKind Kind, AlgorithmIdentifier? Algorithm);
