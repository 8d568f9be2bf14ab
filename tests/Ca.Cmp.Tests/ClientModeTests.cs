using Ca.Core.Cmp;
using Ca.Core.EndEntities;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests;

/// <summary>End entities that ask for themselves with a secret of their own (CMP-M-1, M-6; CMP-A-5).</summary>
[TestClass]
public sealed class ClientModeTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task A_registered_end_entity_gets_what_it_was_registered_with_once()
    {
        await using CmpCa ca = await StartAsync();
        TestClient client = TestClient.WithSecret(ca, "device", "its very own");
        CertificateExtension names = CertificateExtensions.SubjectAltName(GeneralNames.Parse("dNSName=bank.example.com").OrThrow());

        PkiMessage answer = await client.SendAsync(TestClient.Body(client.Request("CN=bank,O=Other", t => t with { Extensions = [names] })), Cancel);

        Certificate issued = Answers.CertificateOf(answer);
        Assert.AreEqual("CN=device,O=Test", issued.Subject.ToString(), "what the template says does not count");
        Assert.IsNull(issued.SubjectAltName, "CVE-2022-34831");
        Answers.IsConfirmation(await client.ConfirmAsync(issued, Cancel));
        TestClient again = TestClient.WithSecret(ca, "device", "its very own");
        Answers.IsRejection(PkiBodyKind.InitializationResponse, PkiFailureInfo.NotAuthorized, await again.IrAsync("CN=device,O=Test", Cancel));
    }

    [TestMethod]
    public async Task A_secret_without_a_registered_end_entity_brings_nothing()
    {
        await using CmpCa ca = await StartAsync();
        await ca.SetSecretAsync("ghost", "its very own", keepOthers: false, Cancel);

        Answers.IsRejection(PkiBodyKind.InitializationResponse, PkiFailureInfo.NotAuthorized, await TestClient.WithSecret(ca, "ghost", "its very own").IrAsync("CN=ghost", Cancel));
    }

    [TestMethod]
    public async Task The_secret_of_the_alias_and_that_of_another_end_entity_count_for_nothing()
    {
        await using CmpCa ca = await StartAsync();
        await ca.SetSecretAsync("other", "another secret", keepOthers: false, Cancel);

        foreach (string secret in (string[])[CmpCa.Secret, "another secret"])
        {
            Answers.IsError(PkiFailureInfo.BadMessageCheck, await TestClient.WithSecret(ca, "device", secret).IrAsync("CN=device,O=Test", Cancel));
        }
    }

    [TestMethod]
    public async Task An_end_entity_vouches_for_no_key()
    {
        await using CmpCa ca = await StartAsync();
        await ca.ChangeAsync(alias => alias with { AllowRaVerified = true }, Cancel);
        TestClient client = TestClient.WithSecret(ca, "device", "its very own");

        PkiMessage answer = await client.SendAsync(TestClient.Body(client.Request("CN=device,O=Test") with { Possession = new ProofOfPossession.RaVerified() }), Cancel);

        Answers.IsRejection(PkiBodyKind.InitializationResponse, PkiFailureInfo.NotAuthorized, answer);
    }

    private async Task<CmpCa> StartAsync()
    {
        CmpCa ca = await CmpCa.StartAsync(Cancel, alias => alias with { Mode = CmpMode.Client });
        var device = new EndEntityData { Username = "device", SubjectDn = "CN=device,O=Test", CaName = CmpCa.CaName, EndEntityProfile = "EMPTY", CertificateProfile = "ENDUSER" };
        (await ca.Get<EndEntityStore>().SetAsync(ca.Admin, device, Cancel)).OrThrow();
        await ca.SetSecretAsync("device", "its very own", keepOthers: false, Cancel);
        return ca;
    }
}
