using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.Crmf;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cmp;

/// <summary>
/// What a message says. Bodies whose contents are of one ASN.1 type share a case; <see cref="Kind"/> tells them apart.
/// </summary>
/// <remarks>RFC 9810 §5.1.2: CHOICE of [0] ir to [26] pollRep, all explicit; see <see cref="PkiBodyKind"/>.</remarks>
public abstract partial record PkiBody
{
    private PkiBody(PkiBodyKind kind) => Kind = kind;

    /// <summary>Which choice. For <see cref="Unknown"/> a number that has no name.</summary>
    public PkiBodyKind Kind { get; }

    /// <summary>The complete choice in DER, but for messages nested in it, which stay as they came.</summary>
    public byte[] Encode()
    {
        var writer = new AsnWriter(AsnEncodingRules.BER); // writes as DER does, and lets the lengths of a nested message be
        Encode(writer);
        return writer.Encode();
    }

    internal virtual void Encode(AsnWriter writer)
    {
        using (writer.PushExplicit((int)Kind))
        {
            EncodeContent(writer);
        }
    }

    /// <param name="reader">Stands before the choice.</param>
    /// <param name="depth">How many nested bodies are around it.</param>
    internal static PkiBody Decode(AsnReader reader, int depth)
    {
        Asn1Tag tag = reader.PeekTag();
        if (tag.TagClass != TagClass.ContextSpecific)
        {
            throw new AsnContentException("A body has a tag that does not exist.");
        }

        if (tag.TagValue > (int)PkiBodyKind.PollResponse)
        {
            return new Unknown(tag.TagValue, reader.ReadEncodedValue());
        }

        AsnReader content = reader.ReadExplicit(tag.TagValue);
        PkiBody body = DecodeContent((PkiBodyKind)tag.TagValue, content, depth);
        content.ThrowIfNotEmpty();
        return body;
    }

    private protected abstract void EncodeContent(AsnWriter writer);

    private static PkiBody DecodeContent(PkiBodyKind kind, AsnReader content, int depth) => kind switch
    {
        PkiBodyKind.InitializationRequest or PkiBodyKind.CertificationRequest or PkiBodyKind.KeyUpdateRequest
            or PkiBodyKind.KeyRecoveryRequest or PkiBodyKind.CrossCertificationRequest =>
                new CertificateRequests(kind, content.ReadList<CertReqMsg>(CrmfLimits.MaxRequests, "Certificate requests")),
        PkiBodyKind.InitializationResponse or PkiBodyKind.CertificationResponse or PkiBodyKind.KeyUpdateResponse
            or PkiBodyKind.CrossCertificationResponse => new CertificateResponses(kind, CertRepMessage.Decode(content)),
        PkiBodyKind.Pkcs10Request => new Pkcs10(CertificationRequest.Decode(content)),
        PkiBodyKind.PopChallenge => new PopChallenges(content.ReadListOrEmpty<Challenge>(CmpLimits.MaxResponses, "Challenges")),
        PkiBodyKind.PopResponse => new PopResponses([.. content.ReadListOrEmpty<Integer>(CmpLimits.MaxResponses, "Responses to challenges").Select(item => item.Value)]),
        PkiBodyKind.KeyRecoveryResponse => new KeyRecovery(KeyRecRepContent.Decode(content)),
        PkiBodyKind.RevocationRequest => new Revocations(content.ReadListOrEmpty<RevDetails>(CmpLimits.MaxItems, "Revocations")),
        PkiBodyKind.RevocationResponse => new RevocationResponses(RevRepContent.Decode(content)),
        PkiBodyKind.CaKeyUpdateAnnouncement => new CaKeyUpdateAnnouncement(CaKeyUpdate.Decode(content)),
        PkiBodyKind.CertificateAnnouncement => new CertificateAnnouncement(CmpCertificate.Decode(content)),
        PkiBodyKind.RevocationAnnouncement => new RevocationAnnouncement(RevAnnContent.Decode(content)),
        PkiBodyKind.CrlAnnouncement => new CrlAnnouncement(content.ReadListOrEmpty<CertificateList>(CmpLimits.MaxItems, "CRLs")),
        PkiBodyKind.PkiConfirmation => Confirmation.Decode(content),
        PkiBodyKind.Nested => Nested.Decode(content, depth),
        PkiBodyKind.GeneralMessage or PkiBodyKind.GeneralResponse =>
            new General(kind, content.ReadListOrEmpty<InfoTypeAndValue>(CmpLimits.MaxInfos, "Items of a general message")),
        PkiBodyKind.Error => new Error(ErrorMsgContent.Decode(content)),
        PkiBodyKind.CertificateConfirmation => new CertificateConfirmation(content.ReadListOrEmpty<CertStatus>(CmpLimits.MaxItems, "Confirmations")),
        PkiBodyKind.PollRequest => new PollRequests(content.ReadListOrEmpty<PollReq>(CmpLimits.MaxItems, "Polls")),
        _ => new PollResponses(content.ReadListOrEmpty<PollRep>(CmpLimits.MaxItems, "Answers to polls")),
    };
}
