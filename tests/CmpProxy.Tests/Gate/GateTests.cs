using CmpProxy.Tests.World;
using Pki.Protocols.Cmp;
using Pki.Protocols.X509;
using TestKit;

namespace CmpProxy.Tests.Gate;

/// <summary>The optional gate: what is not protected by somebody known never reaches the database (CMP-P-4, X-19).</summary>
[TestClass]
public sealed class GateTests
{
    private static readonly TestPki Vendor = new("CN=Vendor CA,O=Test");
    private static readonly KeyStore Device = Vendor.Issue("CN=device 1,O=Vendor");

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task CMP_P_4_a_MAC_of_a_known_secret_opens_the_gate()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, RequireMac);
        await RefusesAsync(world, Messages.Genm(), "unprotected");
        await RefusesAsync(world, Messages.MacGenm("wrong", "3078"), "a wrong secret");
        await RefusesAsync(world, Messages.MacGenm("insta", "4711"), "an unknown senderKID for another CA", "CN=other");
        await RefusesAsync(world, Messages.SignedGenm(Device), "a signature");
        await PassesAsync(world, Messages.MacGenm("insta", "3078"));
        await PassesAsync(world, Messages.MacGenm("of the CA", "4711"));
    }

    [TestMethod]
    public async Task CMP_P_4_a_signature_of_a_trusted_issuer_opens_the_gate()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => RequireSignature(settings));
        using var stranger = new TestPki("CN=Vendor CA,O=Test");
        PkiMessage right = Messages.SignedGenm(Device);
        byte[] bits = right.Protection!.Value.ToArray();
        bits[^1] ^= 1;
        await RefusesAsync(world, Messages.Genm(), "unprotected");
        await RefusesAsync(world, right.WithProtection(bits), "a wrong signature");
        await RefusesAsync(world, Messages.SignedGenm(stranger.Issue("CN=device 1,O=Vendor")), "an issuer of the same name");
        await RefusesAsync(world, Messages.SignedGenm(Vendor.Issue("CN=old", shape: new() { NotAfter = TestPki.Noon })), "run out");
        await RefusesAsync(world, Messages.SignedGenm(Vendor.Issue("CN=no", shape: new() { Usage = KeyUsages.KeyEncipherment })), "may not sign");
        await RefusesAsync(world, Messages.MacGenm("insta", "3078"), "a MAC");
        await PassesAsync(world, right);
    }

    [TestMethod]
    public async Task CMP_P_4_intermediate_certificates_come_with_the_message()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => RequireSignature(settings));
        using KeyPair subKey = KeyPair.Generate("P-256");
        Certificate sub = Vendor.Certify("CN=Sub CA", subKey.Public, new() { IsCa = true, Usage = KeyUsages.KeyCertSign });
        Certificate noCa = Vendor.Certify("CN=Sub CA", subKey.Public);
        KeyPair key = KeyPair.Generate("P-256");
        KeyStore device = new(key, TestCertificates.Issue("CN=Sub CA", subKey, "CN=device 2", key.Public), []);
        await RefusesAsync(world, Messages.SignedGenm(device), "no chain");
        await RefusesAsync(world, Messages.SignedGenm(device, noCa), "an intermediate that is no CA");
        await PassesAsync(world, Messages.SignedGenm(device, sub));
    }

    [TestMethod]
    [DataRow(null, true)]
    [DataRow(1, true)]
    [DataRow(0, false, DisplayName = "0: it may certify devices and no CA")]
    public async Task CMP_P_4_V4_a_CA_vouches_for_no_more_CAs_than_it_may(int? pathLength, bool passes)
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => RequireSignature(settings));
        using KeyPair subKey = KeyPair.Generate("P-256");
        using KeyPair lowerKey = KeyPair.Generate("P-256");
        Certificate sub = Vendor.Certify("CN=Sub CA", subKey.Public, new() { IsCa = true, PathLength = pathLength, Usage = KeyUsages.KeyCertSign });
        Certificate lower = TestCertificates.SubCa("CN=Sub CA", subKey, "CN=Lower CA", lowerKey.Public);
        KeyPair key = KeyPair.Generate("P-256");
        PkiMessage message = Messages.SignedGenm(new(key, TestCertificates.Issue("CN=Lower CA", lowerKey, "CN=device", key.Public), []), lower, sub);
        if (passes)
        {
            await PassesAsync(world, message);
        }
        else
        {
            await RefusesAsync(world, message, "RFC 5280 §4.2.1.9");
        }
    }

    [TestMethod]
    public async Task CMP_P_4_where_both_are_required_either_suffices()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings =>
        {
            RequireMac(settings);
            RequireSignature(settings);
        });
        await PassesAsync(world, Messages.MacGenm("insta", "3078"));
        await PassesAsync(world, Messages.SignedGenm(Device));
        await RefusesAsync(world, Messages.Genm(), "unprotected");
    }

    [TestMethod]
    public async Task CMP_P_4_X_19_a_revoked_signer_is_refused_and_without_CRL_the_gate_is_unavailable()
    {
        string file = "";
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings =>
        {
            RequireSignature(settings);
            DateTimeOffset now = settings.Clock.GetUtcNow();
            file = settings.WriteFile("vendor.crl", Vendor.Crl(now.AddDays(-1), now.AddDays(1), []).ToPem());
            settings.Set("Gate:RequireCrl", true);
            settings.Set("Gate:Crls:0", file);
        });
        await PassesAsync(world, Messages.SignedGenm(Device));

        // The worker of the files reads a new CRL without a restart.
        DateTimeOffset now = world.Clock.GetUtcNow();
        await File.WriteAllTextAsync(file, Vendor.Crl(now.AddMinutes(-1), now.AddDays(1), Device.Certificate).ToPem(), Cancel);
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await Eventually.BecomesTrueAsync(
            async cancel => ProxyWorld.ErrorOf(await world.ExchangeAsync(Messages.Genm(), cancel)).Failure == PkiFailureInfo.BadRequest
                && (await world.ExchangeAsync(Messages.SignedGenm(Device), cancel)) is var answer && PkiMessage.Read(answer.Body).OrThrow().Body is PkiBody.Error,
            ProxyWorld.Patience,
            Cancel,
            "the new CRL is used");

        world.Clock.Advance(TimeSpan.FromDays(2));
        Assert.AreEqual(PkiFailureInfo.SystemUnavail, ProxyWorld.ErrorOf(await world.PostAsync(Messages.SignedGenm(Device), Cancel)).Failure, "the CRL has run out");
    }

    [TestMethod]
    public async Task Files_that_go_bad_leave_the_last_good_ones_in_use()
    {
        string file = "";
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => file = RequireSignature(settings));
        await File.WriteAllTextAsync(file, "nothing", Cancel);
        await Eventually.BecomesTrueAsync(
            () =>
            {
                world.Clock.Advance(TimeSpan.FromMinutes(1));
                return world.Log.OfId(2008).Any();
            },
            ProxyWorld.Patience,
            Cancel,
            "the bad file is noticed");
        await PassesAsync(world, Messages.SignedGenm(Device));
    }

    private static void RequireMac(ProxySettings settings)
    {
        settings.Set("Gate:RequireMac", true);
        settings.Set("Gate:MacKeys:0:KeyId", "3078");
        settings.Set("Gate:MacKeys:0:SecretFile", settings.WriteFile("secret", "insta\n"));
        settings.Set("Gate:MacKeys:1:Ca", "CN=CA");
        settings.Set("Gate:MacKeys:1:SecretFile", settings.WriteFile("ca-secret", "of the CA\n"));
    }

    private static string RequireSignature(ProxySettings settings)
    {
        string file = settings.WriteFile("vendor.pem", Vendor.Certificate.ToPem());
        settings.Set("Gate:RequireSignature", true);
        settings.Set("Gate:TrustedIssuers:0", file);
        return file;
    }

    private async Task RefusesAsync(ProxyWorld world, PkiMessage message, string why, string? recipient = null)
    {
        int rows = world.Store.Rows.Count;
        PkiMessage sent = recipient is null ? message : Messages.MacGenm("insta", "4711", header: Messages.Header() with { Recipient = GeneralName.Directory(DistinguishedName.Parse(recipient).OrThrow()) });
        Assert.AreEqual(PkiFailureInfo.BadRequest, ProxyWorld.ErrorOf(await world.PostAsync(sent, Cancel)).Failure, why);
        Assert.HasCount(rows, world.Store.Rows, why);
    }

    private async Task PassesAsync(ProxyWorld world, PkiMessage message)
    {
        Assert.AreEqual(200, (await world.ExchangeAsync(message, Cancel)).Status);
        CollectionAssert.AreEqual(message.Encoded.ToArray(), world.Worker.Seen[^1].PkiMessage, "the gate never changes the message");
    }
}
