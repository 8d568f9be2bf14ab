using System.Security.Cryptography;
using Pki.Protocols.Cms;
using Pki.Protocols.Scep;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace ScepRaServer.Tests.World;

/// <summary>A SCEP client with a key and a self-signed certificate, as sscep and the others are.</summary>
internal sealed class TestClient
{
    private readonly TestWorld world;

    public TestClient(TestWorld world, string name, string path)
    {
        this.world = world;
        Path = path;
        Subject = TestCa.Dn($"CN={name},O=Test");
        Key = TestKeys.Named("client " + (name.GetHashCode(StringComparison.Ordinal) & 3));
        Id = TransactionId.FromText(Guid.NewGuid().ToString("N"));
        Sender = new(Key, TestCa.SelfSigned($"CN={name},O=Test", Key));
    }

    public string Path { get; init; }

    public DistinguishedName Subject { get; set; }

    public KeyPair Key { get; set; }

    /// <summary>Who signs messages; the self-signed certificate until there is a better one.</summary>
    public ScepSender Sender { get; set; }

    public TransactionId Id { get; set; }

    public string? Challenge { get; set; }

    public IReadOnlyList<CertificateExtension> Extensions { get; set; } = [];

    public HashAlgorithmName Digest { get; set; } = HashAlgorithmName.SHA256;

    public ContentCipher Cipher { get; set; } = ContentCipher.Aes128Cbc;

    public KeyTransport KeyTransport { get; set; } = KeyTransport.Pkcs1;

    public Certificate? Recipient { get; set; }

    public ScepRequestBuilder Builder => new(Sender, Recipient ?? world.RaCertificate, RandomNumberGenerator.Fill)
    {
        Digest = Digest,
        Cipher = Cipher,
        KeyTransport = KeyTransport,
        SigningTime = world.Clock.GetUtcNow(),
    };

    public CertificationRequest NewCsr()
    {
        List<RequestAttribute> attributes = [];
        if (Challenge is { } challenge)
        {
            using Secret secret = Secret.FromText(challenge);
            attributes.Add(RequestAttribute.ForChallenge(secret));
        }

        if (Extensions.Count > 0)
        {
            attributes.Add(RequestAttribute.ForExtensions(Extensions));
        }

        return CertificationRequest.Create(Subject, Key, HashAlgorithmName.SHA256, attributes);
    }

    public SentRequest NewPkcsReq() => Builder.PkcsReq(NewCsr(), Id);

    public SentRequest NewPoll() => Builder.CertPoll(new IssuerAndSubject(world.Ca.Certificate.Subject, Subject), Id);

    public Task<TestReply> EnrolAsync(CancellationToken cancel) => SendAsync(NewPkcsReq(), cancel);

    public Task<TestReply> RenewAsync(CancellationToken cancel) => SendAsync(Builder.RenewalReq(NewCsr(), Id), cancel);

    public Task<TestReply> PollAsync(CancellationToken cancel) => SendAsync(NewPoll(), cancel);

    public Task<TestReply> GetCertAsync(CancellationToken cancel) =>
        SendAsync(Builder.GetCert(IssuerAndSerialNumber.Of(world.RaCertificate), TransactionId.FromText("SSCEP transactionId")), cancel);

    public Task<TestReply> GetCrlAsync(CancellationToken cancel) =>
        SendAsync(Builder.GetCrl(IssuerAndSerialNumber.Of(world.Ca.Certificate), TransactionId.FromText("0")), cancel);

    public async Task<TestReply> SendAsync(SentRequest request, CancellationToken cancel)
    {
        RawAnswer http = await PostAsync(request.Encoded, cancel);
        return new(http, http.Status == 200 ? CertRep.Read(http.Body, request, AllRaCertificates, ScepAlgorithmPolicy.Legacy).OrThrow() : null);
    }

    public Task<RawAnswer> PostAsync(byte[] message, CancellationToken cancel) =>
        RawHttp.PostAsync(world.Port, $"{Path}?operation=PKIOperation", message, cancel);

    /// <summary>Takes the issued certificate for the next renewal.</summary>
    public void Use(Certificate issued) => Sender = new(Key, issued);

    private IReadOnlyList<Certificate> AllRaCertificates => [world.RaCertificate, .. MoreRaCertificates];

    public IReadOnlyList<Certificate> MoreRaCertificates { get; set; } = [];
}

/// <summary>A reply as the client sees it.</summary>
internal sealed record TestReply(RawAnswer Http, CertRep? Rep)
{
    public PkiStatus? Status => Rep?.Status;

    public FailInfo? FailInfo => Rep?.FailInfo;

    public string? Text => Rep?.FailInfoText;

    /// <summary>The issued certificate.</summary>
    public Certificate Certificate => Rep?.Contents?.Certificates[0] ?? throw new AssertFailedException($"No certificate came: {this}");

    public void MustBe(PkiStatus expected) => Assert.AreEqual(expected, Status, ToString());

    public void MustBe(FailInfo expected, string? text)
    {
        Assert.AreEqual(200, Http.Status);
        Assert.AreEqual(PkiStatus.Failure, Status, ToString());
        Assert.AreEqual(expected, FailInfo, ToString());
        Assert.AreEqual(text, Text);
    }

    public override string ToString() => $"{Http.Status} {Status} {FailInfo} {Text}";
}
