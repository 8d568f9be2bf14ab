using System.Formats.Asn1;
using System.Numerics;
using Pki.Protocols.Asn1;
using Pki.Protocols.Crmf;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cmp;

/// <content>The cases. The numbers are the tags.</content>
public abstract partial record PkiBody
{
    /// <summary>ir 0, cr 2, kur 7, krr 9, ccr 13: CertReqMessages (RFC 4211 §3), at least one.</summary>
    public sealed record CertificateRequests : PkiBody
    {
        /// <summary>Takes the kind and the requests.</summary>
        public CertificateRequests(PkiBodyKind kind, IReadOnlyList<CertReqMsg> requests)
            : base(kind) => Requests = requests;

        /// <summary>The requests.</summary>
        public IReadOnlyList<CertReqMsg> Requests { get; }

        private protected override void EncodeContent(AsnWriter writer) => writer.WriteList(Requests);
    }

    /// <summary>ip 1, cp 3, kup 8, ccp 14: CertRepMessage.</summary>
    public sealed record CertificateResponses : PkiBody
    {
        /// <summary>Takes the kind and the contents.</summary>
        public CertificateResponses(PkiBodyKind kind, CertRepMessage content)
            : base(kind) => Content = content;

        /// <summary>The contents.</summary>
        public CertRepMessage Content { get; }

        private protected override void EncodeContent(AsnWriter writer) => Content.Encode(writer);
    }

    /// <summary>p10cr 4: a PKCS #10 (RFC 2986).</summary>
    /// <param name="Request">As received; its signature is over its own octets.</param>
    public sealed record Pkcs10(CertificationRequest Request) : PkiBody(PkiBodyKind.Pkcs10Request)
    {
        private protected override void EncodeContent(AsnWriter writer) => Request.Encode(writer);
    }

    /// <summary>popdecc 5: POPODecKeyChallContent ::= SEQUENCE OF Challenge.</summary>
    /// <param name="Challenges">One for each key that deciphers.</param>
    public sealed record PopChallenges(IReadOnlyList<Challenge> Challenges) : PkiBody(PkiBodyKind.PopChallenge)
    {
        private protected override void EncodeContent(AsnWriter writer) => writer.WriteList(Challenges);
    }

    /// <summary>popdecr 6: POPODecKeyRespContent ::= SEQUENCE OF INTEGER.</summary>
    /// <param name="Numbers">The numbers of the challenges.</param>
    public sealed record PopResponses(IReadOnlyList<BigInteger> Numbers) : PkiBody(PkiBodyKind.PopResponse)
    {
        private protected override void EncodeContent(AsnWriter writer) => writer.WriteList(Numbers.Select(number => new Integer(number)));
    }

    /// <summary>krp 10: KeyRecRepContent.</summary>
    /// <param name="Content">The contents.</param>
    public sealed record KeyRecovery(KeyRecRepContent Content) : PkiBody(PkiBodyKind.KeyRecoveryResponse)
    {
        private protected override void EncodeContent(AsnWriter writer) => Content.Encode(writer);
    }

    /// <summary>rr 11: RevReqContent ::= SEQUENCE OF RevDetails.</summary>
    /// <param name="Details">One for each certificate.</param>
    public sealed record Revocations(IReadOnlyList<RevDetails> Details) : PkiBody(PkiBodyKind.RevocationRequest)
    {
        private protected override void EncodeContent(AsnWriter writer) => writer.WriteList(Details);
    }

    /// <summary>rp 12: RevRepContent.</summary>
    /// <param name="Content">The contents.</param>
    public sealed record RevocationResponses(RevRepContent Content) : PkiBody(PkiBodyKind.RevocationResponse)
    {
        private protected override void EncodeContent(AsnWriter writer) => Content.Encode(writer);
    }

    /// <summary>ckuann 15: CAKeyUpdContent.</summary>
    /// <param name="Content">The contents.</param>
    public sealed record CaKeyUpdateAnnouncement(CaKeyUpdate Content) : PkiBody(PkiBodyKind.CaKeyUpdateAnnouncement)
    {
        private protected override void EncodeContent(AsnWriter writer) => Content.Encode(writer);
    }

    /// <summary>cann 16: CertAnnContent ::= CMPCertificate.</summary>
    /// <param name="Certificate">The certificate.</param>
    public sealed record CertificateAnnouncement(CmpCertificate Certificate) : PkiBody(PkiBodyKind.CertificateAnnouncement)
    {
        private protected override void EncodeContent(AsnWriter writer) => Certificate.Encode(writer);
    }

    /// <summary>rann 17: RevAnnContent.</summary>
    /// <param name="Content">The contents.</param>
    public sealed record RevocationAnnouncement(RevAnnContent Content) : PkiBody(PkiBodyKind.RevocationAnnouncement)
    {
        private protected override void EncodeContent(AsnWriter writer) => Content.Encode(writer);
    }

    /// <summary>crlann 18: CRLAnnContent ::= SEQUENCE OF CertificateList.</summary>
    /// <param name="Crls">The CRLs.</param>
    public sealed record CrlAnnouncement(IReadOnlyList<CertificateList> Crls) : PkiBody(PkiBodyKind.CrlAnnouncement)
    {
        private protected override void EncodeContent(AsnWriter writer) => writer.WriteList(Crls);
    }

    /// <summary>pkiconf 19: PKIConfirmContent ::= NULL.</summary>
    public sealed record Confirmation() : PkiBody(PkiBodyKind.PkiConfirmation)
    {
        internal static Confirmation Decode(AsnReader content)
        {
            content.ReadNull();
            return new();
        }

        private protected override void EncodeContent(AsnWriter writer) => writer.WriteNull();
    }

    /// <summary>nested 20: NestedMessageContent ::= PKIMessages ::= SEQUENCE SIZE (1..MAX) OF PKIMessage (RFC 9810 §5.1.3.5).</summary>
    /// <param name="Messages">Each with its octets as received.</param>
    public sealed record Nested(IReadOnlyList<PkiMessage> Messages) : PkiBody(PkiBodyKind.Nested)
    {
        internal static new Nested Decode(AsnReader content, int depth)
        {
            LimitExceededException.ThrowIfMore(depth + 1, CmpLimits.MaxNesting, "Nested messages");
            AsnReader items = content.ReadSequence();
            List<PkiMessage> messages = [];
            while (items.HasData)
            {
                LimitExceededException.ThrowIfMore(messages.Count + 1, CmpLimits.MaxBatch, "Messages of a batch");
                messages.Add(PkiMessage.Decode(items, depth + 1));
            }

            return messages.Count > 0 ? new(messages) : throw new AsnContentException("A nested body is empty.");
        }

        private protected override void EncodeContent(AsnWriter writer) => writer.WriteList(Messages);
    }

    /// <summary>genm 21, genp 22: SEQUENCE OF InfoTypeAndValue; may be empty (CMP-O-80).</summary>
    public sealed record General : PkiBody
    {
        /// <summary>Takes the kind and the items.</summary>
        public General(PkiBodyKind kind, IReadOnlyList<InfoTypeAndValue> items)
            : base(kind) => Items = items;

        /// <summary>The questions or answers.</summary>
        public IReadOnlyList<InfoTypeAndValue> Items { get; }

        private protected override void EncodeContent(AsnWriter writer) => writer.WriteList(Items);
    }

    /// <summary>error 23: ErrorMsgContent.</summary>
    /// <param name="Content">The contents.</param>
    public sealed record Error(ErrorMsgContent Content) : PkiBody(PkiBodyKind.Error)
    {
        private protected override void EncodeContent(AsnWriter writer) => Content.Encode(writer);
    }

    /// <summary>certConf 24: CertConfirmContent ::= SEQUENCE OF CertStatus; empty rejects everything (RFC 9810 §5.3.18).</summary>
    /// <param name="Statuses">One for each certificate.</param>
    public sealed record CertificateConfirmation(IReadOnlyList<CertStatus> Statuses) : PkiBody(PkiBodyKind.CertificateConfirmation)
    {
        private protected override void EncodeContent(AsnWriter writer) => writer.WriteList(Statuses);
    }

    /// <summary>pollReq 25: PollReqContent ::= SEQUENCE OF SEQUENCE { certReqId INTEGER }.</summary>
    /// <param name="Requests">One for each request that is waited for.</param>
    public sealed record PollRequests(IReadOnlyList<PollReq> Requests) : PkiBody(PkiBodyKind.PollRequest)
    {
        private protected override void EncodeContent(AsnWriter writer) => writer.WriteList(Requests);
    }

    /// <summary>pollRep 26: PollRepContent ::= SEQUENCE OF SEQUENCE { certReqId, checkAfter, reason }.</summary>
    /// <param name="Responses">One for each request that is waited for.</param>
    public sealed record PollResponses(IReadOnlyList<PollRep> Responses) : PkiBody(PkiBodyKind.PollResponse)
    {
        private protected override void EncodeContent(AsnWriter writer) => writer.WriteList(Responses);
    }

    /// <summary>A choice of a later version: readable, so that an error can be answered, and nothing more.</summary>
    /// <param name="Tag">Its number, 27 or more.</param>
    /// <param name="Encoded">The whole choice, as it came.</param>
    public sealed record Unknown(int Tag, ReadOnlyMemory<byte> Encoded) : PkiBody((PkiBodyKind)Tag)
    {
        internal override void Encode(AsnWriter writer) => writer.WriteEncodedValue(Encoded.Span);

        private protected override void EncodeContent(AsnWriter writer) => throw new NotSupportedException("An unknown body is copied as a whole.");
    }
}
