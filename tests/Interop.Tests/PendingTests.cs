using Pki.Protocols.Scep;
using Pki.Protocols.X509;
using TestKit;

namespace Interop.Tests;

/// <summary>Strangers wait while the CA does not answer. Its worker sleeps meanwhile, so nothing else runs beside.</summary>
[TestClass, DoNotParallelize]
public sealed class PendingTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod, NeedsTool("initdb", "pki")]
    public async Task StrongSwan_polls_while_pending_and_brings_the_certificate_home()
    {
        using StrongSwan client = await StrongSwan.WithCaAsync(Cancel);
        await client.KeyAsync("key.pem", Cancel);
        Task<ToolResult> enrolment;
        await using (await Demo.WorkerAsleepAsync(Cancel))
        {
            enrolment = client.ScepAsync("key.pem", "O=Interop, CN=swan-waits", "cert.pem", Cancel, "--password", Demo.Challenge);
            await Demo.RaSaysAsync(Cancel, "PkcsReq pending", "CN=swan-waits");
            await Demo.RaSaysAsync(Cancel, "CertPoll pending", "CN=swan-waits");
        }

        (await enrolment).EndedWith(0);
        Certificate issued = Certificate.FromPem(await File.ReadAllTextAsync(client.File("cert.pem"), Cancel)).OrThrow();
        Assert.AreEqual("CN=swan-waits,O=Interop", issued.Subject.ToString());
    }

    [TestMethod, NeedsTool("initdb", "scep-submit")]
    public async Task Certmonger_sends_the_same_request_again_until_it_is_answered()
    {
        using ScepSubmit client = await ScepSubmit.WithCaAsync(Cancel);
        using KeyPair key = KeyPair.Generate("RSA2048");
        SentRequest request = OwnClient.Request(key, "CN=monger-waits,O=Interop", client.Ra);
        await using (await Demo.WorkerAsleepAsync(Cancel))
        {
            (await client.SendAsync(request, Cancel)).EndedWith(ScepSubmit.Pending);
            (await client.SendAsync(request, Cancel)).EndedWith(ScepSubmit.Pending);
        }

        ToolResult last = await client.UntilDecidedAsync(request, Cancel);
        Assert.IsTrue(OwnClient.Open(last.EndedWith(ScepSubmit.Issued).Out, request.Sender).PublicKey.SameKeyAs(key.Public));
    }
}
