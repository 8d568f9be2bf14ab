using Ca.Core.Cmp;
using Ca.Core.Roles;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests;

/// <summary>Which front end may bring messages for which alias: a limit beside the client's own authentication (CMP-P-3).</summary>
[TestClass]
public sealed class FrontEndTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task P3_A_proxy_of_one_alias_does_not_bring_messages_of_another()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        Actor factory = await FrontEndAsync(ca, "Factory proxies");
        Actor office = await FrontEndAsync(ca, "Office proxies");
        await ca.ChangeAsync(alias => alias with { FrontEnds = ["Factory proxies"] }, Cancel);

        Assert.IsTrue((await SendAsync(ca, factory)).Succeeded(out byte[]? answer, out _));
        Answers.CertificateOf(PkiMessage.Read(answer!).OrThrow());
        Assert.IsFalse((await SendAsync(ca, office)).Succeeded(out _, out Refusal? refusal), "though it has the CA");
        Assert.AreEqual(RefusalCode.NotAuthorized, refusal!.Code);
        Assert.IsFalse((await SendAsync(ca, Actor.With("nobody", [new(AccessResources.AnyCa, AccessDecision.AcceptRecursive)]))).Succeeded(out _, out _), "a message that no role vouches for");
        Assert.AreEqual("1", await ca.CountAsync("select count(*) from certificate where username = 'user1'", Cancel));

        await ca.ChangeAsync(alias => alias with { FrontEnds = ["Factory proxies", "Office proxies"] }, Cancel);
        Assert.IsTrue((await SendAsync(ca, office)).Succeeded(out _, out _));
        await ca.ChangeAsync(alias => alias with { FrontEnds = [] }, Cancel);
        Assert.IsTrue((await SendAsync(ca, office)).Succeeded(out _, out _));
    }

    /// <summary>CMP-A-40.</summary>
    [TestMethod]
    public async Task A_role_that_does_not_exist_is_refused_when_the_alias_is_saved()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        Assert.IsFalse((await ca.Get<CmpAliases>().SetAsync(ca.Admin, "x", new CmpAlias { CaName = CmpCa.CaName, FrontEnds = ["Nobody"] }, Cancel)).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.NotFound, refusal!.Code);
    }

    private Task<Outcome<byte[]>> SendAsync(CmpCa ca, Actor frontEnd)
    {
        TestClient client = TestClient.WithSecret(ca);
        return ca.SendAsync(client.Message(TestClient.Body(client.Request("CN=user1,O=Test"))).Encoded, Cancel, call => call with { FrontEnd = frontEnd });
    }

    private async Task<Actor> FrontEndAsync(CmpCa ca, string role)
    {
        using KeyPair key = KeyPair.Generate("P-256");
        Certificate certificate = await ca.EnrolAsync(role, key, Cancel, caName: "Other");
        RoleStore roles = ca.Get<RoleStore>();
        await roles.CreateAsync(ca.Admin, role, RoleTemplates.Rules("RAADMINISTRATOR", [], []), Cancel);
        (await roles.AddMemberAsync(ca.Admin, role, "Other", MatchWith.CertificateSerialNumber, certificate.Serial.ToString(), Cancel)).OrThrow();
        return (await ca.Get<AdministratorRegister>().IdentifyAsync(certificate, "Other", Cancel)).OrThrow();
    }
}
