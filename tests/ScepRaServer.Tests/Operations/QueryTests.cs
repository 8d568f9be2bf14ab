using System.Security.Cryptography;
using ExtRa.Messages.Store;
using Microsoft.Extensions.DependencyInjection;
using Pki.Protocols.Cms;
using Pki.Protocols.Scep;
using Pki.Protocols.X509;
using ScepRaServer.Publications;
using ScepRaServer.Tests.World;

namespace ScepRaServer.Tests.Operations;

/// <summary>SCEP.md sections 5 and 14: what the CA publishes.</summary>
[TestClass]
public sealed class QueryTests
{
    private const string Path = "/scepraserver/scep/pkiclient.exe";
    private static long version;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task The_published_crl_is_delivered_without_certificates()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        CertificateList crl = await PublishCrlAsync(world, [], Cancel);
        TestReply reply = await world.NewClient("q03").GetCrlAsync(Cancel);
        reply.MustBe(PkiStatus.Success);
        Assert.IsEmpty(reply.Rep!.Contents!.Certificates, "Q-03, B-13");
        CollectionAssert.AreEqual(crl.Encoded.ToArray(), reply.Rep.Contents.CertificateLists.Single().Encoded.ToArray());
    }

    [TestMethod]
    public async Task A_crl_that_nobody_of_ours_signed_or_that_is_over_is_not_delivered()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("q03");
        await PublishAsync(world, "crl/SCEP CA", MakeCrl(TestCa.Root("Foreign CA"), TestWorld.Start, []).Encoded.ToArray(), Cancel);
        (await client.GetCrlAsync(Cancel)).MustBe(FailInfo.BadCertId, "no CRL");
        await PublishAsync(world, "crl/SCEP CA", [1, 2, 3], Cancel);
        (await client.GetCrlAsync(Cancel)).MustBe(FailInfo.BadCertId, "no CRL");
        Assert.HasCount(2, world.Log.OfId(1013).ToList());

        await PublishCrlAsync(world, [], Cancel);
        (await client.GetCrlAsync(Cancel)).MustBe(PkiStatus.Success);
        world.Clock.Advance(TimeSpan.FromDays(8));
        (await client.GetCrlAsync(Cancel)).MustBe(FailInfo.BadCertId, "no CRL");
    }

    [TestMethod]
    public async Task An_older_crl_does_not_replace_a_newer_one()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("q03");
        await PublishAsync(world, "crl/SCEP CA", MakeCrl(world.Ca, TestWorld.Start, [new SerialNumber(7)]).Encoded.ToArray(), Cancel);
        await PublishAsync(world, "crl/SCEP CA", MakeCrl(world.Ca, TestWorld.Start.AddHours(-1), []).Encoded.ToArray(), Cancel);
        Assert.HasCount(1, (await client.GetCrlAsync(Cancel)).Rep!.Contents!.CertificateLists.Single().Revoked);
    }

    [TestMethod]
    public async Task Crls_can_be_off_and_certificates_are_not_kept()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel, settings => settings.Set("ServeCrl", false));
        (await world.NewClient("q05").GetCrlAsync(Cancel)).MustBe(FailInfo.BadRequest, "CRLs are not served here");
        (await world.NewClient("q02").GetCertAsync(Cancel)).MustBe(FailInfo.BadCertId, "certificate not found");
    }

    [TestMethod]
    public async Task A_next_ca_certificate_is_served_and_told_while_it_is_published()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        byte[] next = SignedData.Sign(CertsOnly.Encode([TestCa.Root("Next CA").Certificate]), new CmsSigner(world.Ca.Key, world.Ca.Certificate, HashAlgorithmName.SHA256));
        await PublishAsync(world, "next-ca/SCEP CA", next, Cancel);
        RawAnswer answer = await RawHttp.GetAsync(world.Port, Path + "?operation=GetNextCACert", Cancel);
        Assert.AreEqual("application/x-x509-next-ca-cert", answer.ContentType, "N-01");
        CollectionAssert.AreEqual(next, answer.Body, "N-01");
        Assert.Contains("GetNextCACert", (await RawHttp.GetAsync(world.Port, Path + "?operation=GetCACaps", Cancel)).Text, "C-03");

        world.Clock.Advance(TimeSpan.FromDays(8));
        Assert.AreEqual(404, (await RawHttp.GetAsync(world.Port, Path + "?operation=GetNextCACert", Cancel)).Status, "N-02");
        Assert.DoesNotContain("GetNextCACert", (await RawHttp.GetAsync(world.Port, Path + "?operation=GetCACaps", Cancel)).Text, "C-03");
    }

    [TestMethod]
    public async Task A_next_ca_certificate_that_the_ca_did_not_sign_is_not_served()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestCa foreign = TestCa.Root("Foreign CA");
        byte[] next = SignedData.Sign(CertsOnly.Encode([foreign.Certificate]), new CmsSigner(foreign.Key, foreign.Certificate, HashAlgorithmName.SHA256));
        await PublishAsync(world, "next-ca/SCEP CA", next, Cancel);
        Assert.AreEqual(404, (await RawHttp.GetAsync(world.Port, Path + "?operation=GetNextCACert", Cancel)).Status);
        Assert.HasCount(1, world.Log.OfId(1013).ToList());
    }

    /// <summary>Publishes a CRL of the world's CA and has the RA take it.</summary>
    internal static async Task<CertificateList> PublishCrlAsync(TestWorld world, IReadOnlyList<SerialNumber> revoked, CancellationToken cancel)
    {
        CertificateList crl = MakeCrl(world.Ca, TestWorld.Start, revoked);
        await PublishAsync(world, "crl/" + world.Ca.Name, crl.Encoded.ToArray(), cancel);
        return crl;
    }

    private static CertificateList MakeCrl(TestCa ca, DateTimeOffset at, IReadOnlyList<SerialNumber> revoked) => new ToBeSignedCertificateList(
        SignatureAlgorithm.For(ca.Key.Public, HashAlgorithmName.SHA256),
        ca.Certificate.Subject.Encoded,
        at,
        at.AddDays(7),
        [.. revoked.Select(serial => new RevokedCertificate(serial, at))],
        [CertificateExtensions.AuthorityKeyIdentifier(ca.Certificate)]).Sign(ca.Key);

    private static async Task PublishAsync(TestWorld world, string name, byte[] content, CancellationToken cancel)
    {
        await world.Store.PublishAsync(
            new Publication(name, Interlocked.Increment(ref version), TestWorld.Start, TestWorld.Start.AddDays(7), Convert.ToBase64String(content)), cancel);
        await world.Services.GetRequiredService<PublicationWatch>().RefreshAsync(cancel);
    }
}
