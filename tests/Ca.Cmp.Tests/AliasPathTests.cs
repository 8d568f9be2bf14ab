using Ca.Core.Cmp;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;

namespace Ca.Cmp.Tests;

/// <summary>What proxies are told of an alias: its paths and the size of its messages (CMP-A-41, T-8, T-12).</summary>
[TestClass]
public sealed class AliasPathTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow("with space", "", RefusalCode.PolicyViolation, DisplayName = "T-10 a name that no path can have")]
    [DataRow("factory", "nothing", RefusalCode.PolicyViolation, DisplayName = "a profile that the alias has not")]
    [DataRow(CmpCa.Alias, "", RefusalCode.Conflict, DisplayName = "the name of another alias")]
    [DataRow("taken", "", RefusalCode.Conflict, DisplayName = "a path of another alias")]
    public async Task A40_A_name_in_a_path_leads_to_one_alias(string path, string profile, RefusalCode code)
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        CmpAliases aliases = ca.Get<CmpAliases>();
        var alias = new CmpAlias { CaName = CmpCa.CaName, Profiles = new Dictionary<string, string> { ["Station"] = "ENDUSER" } };
        (await aliases.SetAsync(ca.Admin, "first", alias with { Paths = Named("taken", "Station") }, Cancel)).OrThrow();

        Assert.IsFalse((await aliases.SetAsync(ca.Admin, "second", alias with { Paths = Named(path, profile) }, Cancel)).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(code, refusal!.Code);
        Assert.IsFalse((await aliases.SetAsync(ca.Admin, "taken", alias, Cancel)).Succeeded(out _, out refusal));
        Assert.AreEqual(RefusalCode.Conflict, refusal!.Code, "no alias is named as a path of another");
        (await aliases.SetAsync(ca.Admin, "first", alias with { Paths = Named("taken", "") }, Cancel)).OrThrow();
    }

    [TestMethod]
    [DataRow(1023)]
    [DataRow((1024 * 1024) + 1)]
    public async Task T12_No_alias_takes_more_than_a_mebibyte_or_nothing_at_all(int octets)
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        var alias = new CmpAlias { CaName = CmpCa.CaName, MaxMessageBytes = octets };
        Assert.IsFalse((await ca.Get<CmpAliases>().SetAsync(ca.Admin, "x", alias, Cancel)).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.PolicyViolation, refusal!.Code);
    }

    [TestMethod]
    public async Task T12_The_engine_reads_as_much_as_the_alias_takes()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel, alias => alias with { MaxMessageBytes = 1024 });
        TestClient client = TestClient.WithSecret(ca);
        PkiMessage large = client.Message(TestClient.Body(client.Request("CN=user1,O=Test")), h => h with { FreeText = PkiFreeText.Of(new string('x', 900)) });
        Assert.IsGreaterThan(1024, large.Encoded.Length);

        Answers.IsError(PkiFailureInfo.BadDataFormat, await ca.SendAsync(large, Cancel));
        await ca.ChangeAsync(alias => alias with { MaxMessageBytes = 2048 }, Cancel);
        Answers.CertificateOf(await ca.SendAsync(large, Cancel));
    }

    private static Dictionary<string, string> Named(string path, string profile) => new() { [path] = profile };
}
