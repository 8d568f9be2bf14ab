using System.Numerics;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.Cmp;

/// <summary>Makes up messages: every kind of body, every optional field now there and now not. The seed says which.</summary>
internal sealed class MessageGenerator(int seed)
{
    private static readonly CertificateList[] NoCrls = [];
    private readonly Random random = new(seed);

    public PkiMessage Message(PkiBodyKind kind, int depth = 0)
    {
        var message = PkiMessage.Create(Header(), Body(kind, depth), List(Certificate));
        return Maybe() ? message.WithProtection(Octets(1, 80)) : message;
    }

    public PkiHeader Header() => new()
    {
        Version = random.Next(1, 4),
        Sender = Name(),
        Recipient = Name(),
        MessageTime = Maybe() ? Time() : null,
        ProtectionAlgorithm = Optional(Algorithm),
        SenderKeyId = OptionalOctets(),
        RecipientKeyId = OptionalOctets(),
        TransactionId = Maybe() ? Octets(1, 64) : default(ReadOnlyMemory<byte>?),
        SenderNonce = OptionalOctets(),
        RecipientNonce = OptionalOctets(),
        FreeText = Optional(FreeText),
        GeneralInfo = List(Info),
    };

    private PkiBody Body(PkiBodyKind kind, int depth) => kind switch
    {
        PkiBodyKind.InitializationRequest or PkiBodyKind.CertificationRequest or PkiBodyKind.KeyUpdateRequest or PkiBodyKind.KeyRecoveryRequest
            or PkiBodyKind.CrossCertificationRequest => new PkiBody.CertificateRequests(kind, Some(Request)),
        PkiBodyKind.InitializationResponse or PkiBodyKind.CertificationResponse or PkiBodyKind.KeyUpdateResponse
            or PkiBodyKind.CrossCertificationResponse => new PkiBody.CertificateResponses(kind, new(List(Certificate), List(Response))),
        PkiBodyKind.Pkcs10Request => CmpFixture.Message("p1").Body,
        PkiBodyKind.PopChallenge => new PkiBody.PopChallenges(List(() => new Challenge(Optional(Algorithm), Octets(), Octets(), Maybe() ? Enveloped() : default(ReadOnlyMemory<byte>?)))),
        PkiBodyKind.PopResponse => new PkiBody.PopResponses([.. List(() => new Integer(Number())).Select(item => item.Value)]),
        PkiBodyKind.KeyRecoveryResponse => new PkiBody.KeyRecovery(new(Status(), Optional(Certificate), List(Certificate), List(KeyPair))),
        PkiBodyKind.RevocationRequest => new PkiBody.Revocations(List(() => new RevDetails(Template(), Extensions(), Maybe() ? Time() : null))),
        PkiBodyKind.RevocationResponse => new PkiBody.RevocationResponses(new(Some(Status), List(Id), NoCrls)),
        PkiBodyKind.CaKeyUpdateAnnouncement => new PkiBody.CaKeyUpdateAnnouncement(KeyUpdate()),
        PkiBodyKind.CertificateAnnouncement => new PkiBody.CertificateAnnouncement(Certificate()),
        PkiBodyKind.RevocationAnnouncement => new PkiBody.RevocationAnnouncement(new((PkiStatus)random.Next(7), Id(), Time(), Time(), Extensions())),
        PkiBodyKind.CrlAnnouncement => new PkiBody.CrlAnnouncement(NoCrls),
        PkiBodyKind.PkiConfirmation => new PkiBody.Confirmation(),
        PkiBodyKind.Nested => new PkiBody.Nested(Some(() => Message(depth + 1 < CmpLimits.MaxNesting ? (PkiBodyKind)random.Next(27) : PkiBodyKind.PkiConfirmation, depth + 1))),
        PkiBodyKind.GeneralMessage or PkiBodyKind.GeneralResponse => new PkiBody.General(kind, List(Info)),
        PkiBodyKind.Error => new PkiBody.Error(new(Status(), Maybe() ? Number() : null, Optional(FreeText))),
        PkiBodyKind.CertificateConfirmation => new PkiBody.CertificateConfirmation(List(() => new CertStatus(Octets(), Number(), Optional(Status), Optional(Algorithm)))),
        PkiBodyKind.PollRequest => new PkiBody.PollRequests(List(() => new PollReq(Number()))),
        _ => new PkiBody.PollResponses(List(() => new PollRep(Number(), TimeSpan.FromSeconds(random.Next()), Optional(FreeText)))),
    };

    private CertReqMsg Request() => new(CertRequest.Create(Number(), Template(), List(Control)), Optional(Possession), List(Control));

    private CertTemplate Template()
    {
        bool hasKey = Maybe();
        return new()
        {
            Version = Maybe() ? 2 : null,
            Serial = Maybe() ? new SerialNumber(Number()) : null,
            SigningAlgorithm = Optional(Algorithm),
            Issuer = Optional(DirectoryName),
            Validity = Optional(() => new OptionalValidity(Maybe() ? Time() : null, Maybe() ? Time() : null)),
            Subject = Optional(DirectoryName),
            PublicKey = hasKey ? CmpFixture.Client.PublicKey : null,
            KeyToGenerate = hasKey ? null : Optional(Algorithm),
            Extensions = Extensions(),
        };
    }

    private ProofOfPossession Possession() => random.Next(4) switch
    {
        0 => new ProofOfPossession.RaVerified(),
        1 => new ProofOfPossession.Signature(new(Optional(SigningInput), SignatureAlgorithm.EcdsaWithSha256, Octets())),
        2 => new ProofOfPossession.KeyEncipherment(PrivKey()),
        _ => new ProofOfPossession.KeyAgreement(PrivKey()),
    };

    private PopoSigningKeyInput SigningInput() => Maybe()
        ? PopoSigningKeyInput.Create(Name(), CmpFixture.Client.PublicKey)
        : PopoSigningKeyInput.Create(new PkMacValue(Algorithm(), Octets()), CmpFixture.Client.PublicKey);

    private PopoPrivKey PrivKey() => random.Next(5) switch
    {
        0 => new PopoPrivKey.ThisMessage(Octets()),
        1 => new PopoPrivKey.Subsequent((SubsequentMessage)random.Next(2)),
        2 => new PopoPrivKey.DhMac(Octets()),
        3 => new PopoPrivKey.AgreeMac(new(Algorithm(), Octets())),
        _ => new PopoPrivKey.EncryptedPrivateKey(Enveloped()),
    };

    private EncryptedKey Encrypted() => Maybe()
        ? new EncryptedKey.Enveloped(Enveloped())
        : new EncryptedKey.Value(new(Optional(Algorithm), Optional(Algorithm), OptionalOctets(), Optional(Algorithm), OptionalOctets(), Octets()));

    private AttributeTypeAndValue Control() => random.Next(7) switch
    {
        0 => AttributeTypeAndValue.Of(Oids.OldCertId, Id()),
        1 => AttributeTypeAndValue.Of(Oids.RegToken, new Utf8Text(Text())),
        2 => AttributeTypeAndValue.Of<PkiArchiveOptions>(Oids.PkiArchiveOptions, new PkiArchiveOptions.EncryptedPrivateKey(Encrypted())),
        3 => AttributeTypeAndValue.Of(Oids.PkiPublicationInfo, Publication()),
        4 => AttributeTypeAndValue.Of(Oids.ProtocolEncrKey, CmpFixture.Client.PublicKey),
        5 => AttributeTypeAndValue.Of(Oids.Utf8Pairs, new Utf8Pairs([("name", Text() + "%?")])),
        _ => AttributeTypeAndValue.Of(Oids.RsaKeyLenControl, new Integer(Number())),
    };

    private InfoTypeAndValue Info() => random.Next(6) switch
    {
        0 => InfoTypeAndValue.WithNull(Oids.ImplicitConfirm),
        1 => new(Oids.CaCerts),
        2 => InfoTypeAndValue.Of(Oids.ConfirmWaitTime, new CmpTime(Time())),
        3 => InfoTypeAndValue.Of(Oids.CertProfile, new SequenceOf<Utf8Text>(Some(() => new Utf8Text(Text())))),
        4 => InfoTypeAndValue.Of(Oids.CertReqTemplate, new CertReqTemplateContent(Template(), List(Control))),
        _ => InfoTypeAndValue.Of(Oids.CrlStatusList, new SequenceOf<CrlStatus>(Some(CrlState))),
    };

    private CrlStatus CrlState() => new(
        Maybe() ? new CrlSource.DistributionPoint(new(Some(Name))) : new CrlSource.Issuer(new(Some(Name))),
        Maybe() ? Time() : null);

    private CertResponse Response() => new(Number(), Status(), Optional(KeyPair), OptionalOctets());

    private CertifiedKeyPair KeyPair() => new(
        Maybe() ? new CertOrEncCert.Clear(Certificate()) : new CertOrEncCert.Encrypted(Encrypted()),
        Optional(Encrypted),
        Optional(Publication));

    private PkiPublicationInfo Publication() => Maybe()
        ? new(true, List(() => new PublicationPlace((PublicationMethod)random.Next(4), Optional(Name))))
        : new(false, []);

    private CaKeyUpdate KeyUpdate() => Maybe()
        ? new CaKeyUpdate.Version2(Certificate(), Certificate(), Certificate())
        : new CaKeyUpdate.Version3(new(Certificate(), Optional(Certificate), Optional(Certificate)));

    private PkiStatusInfo Status() => new((PkiStatus)random.Next(7), Optional(FreeText), Maybe() ? (PkiFailureInfo)random.Next(1 << 27) : null);

    private CertId Id() => new(Name(), new SerialNumber(Number()));

    private GeneralName Name() => random.Next(4) switch
    {
        0 => GeneralName.Dns("host.example"),
        1 => GeneralName.FromUri("http://example/"),
        2 => GeneralName.Email("a@example"),
        _ => GeneralName.Directory(DirectoryName()),
    };

    private DistinguishedName DirectoryName() => Maybe() ? DistinguishedName.Empty : DistinguishedName.Parse($"CN=user{random.Next(100)},O=Example,C=SE").OrThrow();

    private IReadOnlyList<CertificateExtension> Extensions() => Maybe() ? [] : [new("1.2.3", Maybe(), Octets()), new("1.2.4", Maybe(), Octets())];

    private CmpCertificate Certificate() => CmpCertificate.Of(Maybe() ? CmpFixture.Ca : CmpFixture.Client);

    private AlgorithmIdentifier Algorithm() => Maybe() ? new("1.2.3") : AlgorithmIdentifier.WithNull("1.2.840.113549.2.9");

    private PkiFreeText FreeText() => new([.. Some(() => new Utf8Text(Text())).Select(text => text.Text)]);

    private string Text() => new([.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => "abcåäö €%?"[random.Next(10)])]);

    private ReadOnlyMemory<byte> Enveloped() => Der.Encode(new SequenceOf<Integer>(Some(() => new Integer(Number()))));

    private BigInteger Number() => random.Next(3) switch { 0 => BigInteger.MinusOne, 1 => random.Next(), _ => BigInteger.Pow(random.Next(2, 300), random.Next(1, 20)) };

    private DateTimeOffset Time() => new DateTimeOffset(1990, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(random.NextInt64(3L * 1000 * 1000 * 1000));

    private ReadOnlyMemory<byte>? OptionalOctets() => Maybe() ? Octets() : default(ReadOnlyMemory<byte>?);

    private ReadOnlyMemory<byte> Octets(int min = 0, int max = 40)
    {
        byte[] octets = new byte[random.Next(min, max + 1)];
        random.NextBytes(octets);
        return octets;
    }

    private bool Maybe() => random.Next(2) == 0;

    private T? Optional<T>(Func<T> make)
        where T : class => Maybe() ? make() : null;

    private IReadOnlyList<T> List<T>(Func<T> make) => [.. Enumerable.Range(0, random.Next(4)).Select(_ => make())];

    private IReadOnlyList<T> Some<T>(Func<T> make) => [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => make())];
}
