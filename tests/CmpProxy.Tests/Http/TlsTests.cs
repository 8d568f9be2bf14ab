using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CmpProxy.Http;
using CmpProxy.Tests.World;
using Pki.Protocols.X509;

namespace CmpProxy.Tests.Http;

/// <summary>TLS with client certificates (CMP-T-18): told to the CA, and no substitute for anything.</summary>
[TestClass]
public sealed class TlsTests
{
    private const string Issuer = "CN=Device CA,O=Test";
    private static readonly KeyPair IssuerKey = KeyPair.Generate("P-256");

    private string serverHash = "";

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task CMP_T_18_the_subject_of_the_clients_certificate_goes_to_the_CA()
    {
        await using ProxyWorld world = await StartAsync("Require");
        using X509Certificate2 certificate = Client(Issuer, IssuerKey);
        using HttpClient client = ClientWith(certificate);

        Task<HttpResponseMessage> call = PostAsync(client, world);
        await world.UntilHeldAsync(1, Cancel);
        await world.Worker.AnswerAllAsync(Cancel);

        Assert.AreEqual(HttpStatusCode.OK, (await call).StatusCode);
        Assert.Contains("CN=station 1", world.Worker.Seen.Single().TlsSubject!);
    }

    [TestMethod]
    public async Task CMP_T_18_who_has_no_certificate_or_a_strangers_is_not_let_in()
    {
        await using ProxyWorld world = await StartAsync("Require");
        using KeyPair strange = KeyPair.Generate("P-256");
        using X509Certificate2 stranger = Client(Issuer, strange);
        using HttpClient without = ClientWith(null);
        using HttpClient wrong = ClientWith(stranger);

        await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync(without, world));
        await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync(wrong, world));
        Assert.IsEmpty(world.Store.Rows);
    }

    private Task<HttpResponseMessage> PostAsync(HttpClient client, ProxyWorld world)
    {
        var body = new ByteArrayContent(Messages.Genm().Encoded.ToArray());
        body.Headers.ContentType = new MediaTypeHeaderValue(CmpEndpoint.ContentType);
        return client.PostAsync(new Uri($"https://127.0.0.1:{world.Port}/.well-known/cmp"), body, Cancel);
    }

    private Task<ProxyWorld> StartAsync(string mode) => ProxyWorld.StartAsync(Cancel, settings =>
    {
        using var own = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", own, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 server = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        serverHash = server.GetCertHashString();
        settings.Configuration["Kestrel:Certificates:Default:Path"] = settings.WriteFile("server.pem", server.ExportCertificatePem());
        settings.Configuration["Kestrel:Certificates:Default:KeyPath"] = settings.WriteFile("server.key", own.ExportPkcs8PrivateKeyPem());
        settings.Configuration["CmpProxy:Listen:0"] = "https://127.0.0.1:0";
        settings.Configuration["CmpProxy:Tls:ClientCertificates"] = mode;
        settings.Configuration["CmpProxy:Tls:TrustedIssuers:0"] = settings.WriteFile("issuer.pem", TestCertificates.Ca(Issuer, IssuerKey).ToPem());
    });

    private static X509Certificate2 Client(string issuer, KeyPair issuerKey)
    {
        KeyPair key = KeyPair.Generate("P-256");
        Certificate certificate = TestCertificates.Issue(issuer, issuerKey, "CN=station 1,O=Test", key.Public);
        using var ec = ECDsa.Create();
        ec.ImportPkcs8PrivateKey(key.ExportPkcs8(), out _);
        using X509Certificate2 bare = X509CertificateLoader.LoadCertificate(certificate.Encoded.Span);
        return bare.CopyWithPrivateKey(ec);
    }

    private HttpClient ClientWith(X509Certificate2? certificate)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == serverHash;
        handler.SslOptions.ClientCertificates = certificate is null ? [] : [certificate];
        handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate!;
        return new(handler);
    }
}
