using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Pki.Protocols.Cmp;
using Pki.Protocols.X509;

namespace CaServiceWorker.Tests.Cmp;

/// <summary>Mutual TLS at the proxy (CMP-T-18): who connected is in the CA's audit log, and has gained nothing by it.</summary>
[TestClass]
public sealed class CmpTlsTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task T18_The_subject_of_the_TLS_client_is_in_the_audit_log_and_is_no_authentication()
    {
        await using CmpWorld world = await CmpWorld.CreateAsync(Cancel);
        using KeyStore station = await world.HolderAsync("station", Cancel);
        using var serverKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 server = new CertificateRequest("CN=127.0.0.1", serverKey, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        Uri url = await world.StartProxyAsync(Cancel, settings =>
        {
            settings["CmpProxy:Listen:0"] = "https://127.0.0.1:0";
            settings["Kestrel:Certificates:Default:Path"] = world.System.WriteFile("server.pem", server.ExportCertificatePem());
            settings["Kestrel:Certificates:Default:KeyPath"] = world.System.WriteFile("server.key", serverKey.ExportPkcs8PrivateKeyPem());
            settings["CmpProxy:Tls:ClientCertificates"] = "Require";
            settings["CmpProxy:Tls:TrustedIssuers:0"] = world.System.WriteFile("issuing.pem", world.Ca.ToPem());
        });
        await world.System.StartWorkerAsync(Cancel);
        using X509Certificate2 certificate = CertificateOf(station);
        using HttpClient client = ClientWith(certificate, server);
        using KeyPair key = KeyPair.Generate("P-256");
        PkiBody request = CmpWorld.Request(PkiBodyKind.InitializationRequest, "user1", key);

        CmpClientTransaction transaction = world.Begin("3078");
        (HttpStatusCode status, byte[] answer) = await CmpWorld.TryPostAsync(client, url, transaction.Next(request), Cancel);
        (_, byte[] refused) = await CmpWorld.TryPostAsync(client, url, PkiMessage.Create(new PkiHeader { TransactionId = new byte[16], SenderNonce = new byte[16] }, request), Cancel);

        Assert.AreEqual(HttpStatusCode.OK, status);
        CmpClientTransaction.IssuedIn(transaction.Read(answer).OrThrow()).OrThrow();
        Assert.IsInstanceOfType<PkiBody.Error>(PkiMessage.Read(refused).OrThrow().Body, "TLS is no substitute for the protection of CMP");
        Assert.AreEqual("1\t1", await world.System.CountAsync(
            """
            select count(*) filter (where details like '%InitializationRequest%'), count(*) filter (where details like '%CMP-X-4%')
            from audit_record where module = 'CMP' and details like '%tlsSubject%' and details like '%CN=station%'
            """,
            Cancel));
    }

    private static X509Certificate2 CertificateOf(KeyStore keyStore)
    {
        using var ec = ECDsa.Create();
        ec.ImportPkcs8PrivateKey(keyStore.Key.ExportPkcs8(), out _);
        using X509Certificate2 bare = X509CertificateLoader.LoadCertificate(keyStore.Certificate.Encoded.Span);
        return bare.CopyWithPrivateKey(ec);
    }

    private static HttpClient ClientWith(X509Certificate2 certificate, X509Certificate2 server)
    {
        string expected = server.GetCertHashString();
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == expected;
        handler.SslOptions.ClientCertificates = [certificate];
        handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        return new(handler);
    }
}
