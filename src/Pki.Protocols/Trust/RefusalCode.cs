namespace Pki.Protocols.Trust;

/// <summary>
/// Why something a stranger sent was refused: the part that may travel. A closed list, so that each protocol
/// translates it in one switch and metrics may use it as a tag.
/// </summary>
public enum RefusalCode
{
    /// <summary>Not decodable, or decodable with something missing, repeated or left over.</summary>
    Malformed = 1,

    /// <summary>Beyond a limit of size, count or depth.</summary>
    TooLarge,

    /// <summary>An algorithm this product does not know or its policy does not allow.</summary>
    UnsupportedAlgorithm,

    /// <summary>A key that is too short, too long or known to be weak.</summary>
    WeakKey,

    /// <summary>A signature or digest that does not fit what it signs.</summary>
    BadSignature,

    /// <summary>
    /// Encrypted content that does not open. One code for every reason: padding, key, length (no oracle).
    /// </summary>
    DecryptionFailed,

    /// <summary>Encrypted, but to somebody else.</summary>
    WrongRecipient,

    /// <summary>A signature is required and absent.</summary>
    NotSigned,

    /// <summary>Encryption is required and absent.</summary>
    NotEncrypted,

    /// <summary>The signer's certificate does not chain to the configured issuer.</summary>
    UnknownIssuer,

    /// <summary>The signer's certificate is outside its validity period.</summary>
    Expired,

    /// <summary>The signer's certificate is revoked.</summary>
    Revoked,

    /// <summary>The signer's certificate may not be used for this purpose.</summary>
    WrongKeyUsage,

    /// <summary>The signer is known but lacks the right.</summary>
    NotAuthorized,

    /// <summary>The content belongs to another row, request or time: swapped, replayed or too old.</summary>
    NotBound,

    /// <summary>Unknown name: request class, CA, profile, user, certificate.</summary>
    NotFound,

    /// <summary>A profile or policy forbids what was asked for.</summary>
    PolicyViolation,

    /// <summary>It contradicts what is already there: another content under the same id, another user's key.</summary>
    Conflict,

    /// <summary>A person rejected it.</summary>
    Rejected,

    /// <summary>It failed here, for a reason that is not the requester's and will not pass by itself.</summary>
    InternalFailure,
}
