using System.Formats.Asn1;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.Cmp;

/// <summary>What became of a request.</summary>
/// <param name="Status">In one word.</param>
/// <param name="Text">For people.</param>
/// <param name="Failure">Why not; never together with accepted.</param>
/// <remarks>RFC 9810 §5.2.3: SEQUENCE { status PKIStatus, statusString PKIFreeText OPTIONAL, failInfo PKIFailureInfo OPTIONAL }</remarks>
public sealed record PkiStatusInfo(PkiStatus Status, PkiFreeText? Text = null, PkiFailureInfo? Failure = null) : IAsn1Value<PkiStatusInfo>
{
    private const int MaxFailureOctets = 16;
    private const int KnownFailures = 27;

    /// <summary>Everything as asked for.</summary>
    public static PkiStatusInfo Accepted { get; } = new(PkiStatus.Accepted);

    /// <summary>A refusal.</summary>
    public static PkiStatusInfo Rejected(PkiFailureInfo failure, string? text = null) =>
        new(PkiStatus.Rejection, text is null ? null : PkiFreeText.Of(text), failure);

    /// <inheritdoc />
    public static PkiStatusInfo Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var value = new PkiStatusInfo(
            ReadStatus(fields),
            fields.ReadOptionalSequence<PkiFreeText>(),
            fields.NextIs(Asn1Tag.PrimitiveBitString) ? ReadFailure(fields) : null);
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteInteger((int)Status);
            Text?.Encode(writer);
            if (Failure is { } failure)
            {
                writer.WriteNamedBitList(failure); // as short as possible: bit 26 takes four octets, five bits unused
            }
        }
    }

    internal static PkiStatus ReadStatus(AsnReader fields) => (PkiStatus)fields.ReadChoice((int)PkiStatus.KeyUpdateWarning, "PKIStatus");

    /// <summary>Zeros at the end and bits of a later version are accepted (CMP-E-2) and the latter forgotten.</summary>
    private static PkiFailureInfo ReadFailure(AsnReader fields)
    {
        byte[] octets = fields.ReadBitString(out _);
        LimitExceededException.ThrowIfMore(octets.Length, MaxFailureOctets, "Octets of failInfo");
        PkiFailureInfo failure = default;
        for (int bit = 0; bit < Math.Min(KnownFailures, octets.Length * 8); bit++)
        {
            if ((octets[bit / 8] & (0x80 >> (bit % 8))) != 0)
            {
                failure |= (PkiFailureInfo)(1 << bit);
            }
        }

        return failure;
    }
}

/// <summary>What became of a request, in one word (RFC 9810 §5.2.3: PKIStatus).</summary>
public enum PkiStatus
{
    /// <summary>As asked for.</summary>
    Accepted = 0,

    /// <summary>Nearly as asked for.</summary>
    GrantedWithMods = 1,

    /// <summary>Not at all.</summary>
    Rejection = 2,

    /// <summary>Later; poll.</summary>
    Waiting = 3,

    /// <summary>A revocation is about to happen.</summary>
    RevocationWarning = 4,

    /// <summary>A revocation has happened.</summary>
    RevocationNotification = 5,

    /// <summary>The key was updated already.</summary>
    KeyUpdateWarning = 6,
}

/// <summary>Why a request was refused: the bits in the order of the wire (RFC 9810 §5.2.3: PKIFailureInfo).</summary>
[Flags]
public enum PkiFailureInfo
{
    /// <summary>No reason.</summary>
    None = 0,

    /// <summary>An algorithm that is not known or not allowed.</summary>
    BadAlg = 1 << 0,

    /// <summary>Protection or integrity wrong.</summary>
    BadMessageCheck = 1 << 1,

    /// <summary>Not permitted or not supported.</summary>
    BadRequest = 1 << 2,

    /// <summary>messageTime too far from the server's.</summary>
    BadTime = 1 << 3,

    /// <summary>No certificate matches.</summary>
    BadCertId = 1 << 4,

    /// <summary>The data are not in the right form.</summary>
    BadDataFormat = 1 << 5,

    /// <summary>Another authority is responsible.</summary>
    WrongAuthority = 1 << 6,

    /// <summary>The requester's data are wrong.</summary>
    IncorrectData = 1 << 7,

    /// <summary>A time stamp is missing.</summary>
    MissingTimeStamp = 1 << 8,

    /// <summary>The proof of possession failed.</summary>
    BadPop = 1 << 9,

    /// <summary>The certificate is revoked already.</summary>
    CertRevoked = 1 << 10,

    /// <summary>The certificate is confirmed already.</summary>
    CertConfirmed = 1 << 11,

    /// <summary>The wrong kind of protection.</summary>
    WrongIntegrity = 1 << 12,

    /// <summary>recipNonce is not the nonce that was sent.</summary>
    BadRecipientNonce = 1 << 13,

    /// <summary>The time source is not available.</summary>
    TimeNotAvailable = 1 << 14,

    /// <summary>The policy asked for is not supported.</summary>
    UnacceptedPolicy = 1 << 15,

    /// <summary>The extension asked for is not supported.</summary>
    UnacceptedExtension = 1 << 16,

    /// <summary>Additional information is not available.</summary>
    AddInfoNotAvailable = 1 << 17,

    /// <summary>senderNonce missing, too short or used before.</summary>
    BadSenderNonce = 1 << 18,

    /// <summary>The template is wrong or incomplete.</summary>
    BadCertTemplate = 1 << 19,

    /// <summary>The signer is not trusted.</summary>
    SignerNotTrusted = 1 << 20,

    /// <summary>The transactionID is in use.</summary>
    TransactionIdInUse = 1 << 21,

    /// <summary>pvno not supported.</summary>
    UnsupportedVersion = 1 << 22,

    /// <summary>The sender lacks the right.</summary>
    NotAuthorized = 1 << 23,

    /// <summary>Unavailable for a while.</summary>
    SystemUnavail = 1 << 24,

    /// <summary>It failed here.</summary>
    SystemFailure = 1 << 25,

    /// <summary>The certificate exists already.</summary>
    DuplicateCertReq = 1 << 26,
}
