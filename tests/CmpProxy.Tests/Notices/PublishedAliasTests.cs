using CmpProxy.Tests.World;
using Pki.Protocols.Cmp;

namespace CmpProxy.Tests.Notices;

/// <summary>The CA's own list of aliases, by a signed row (CMP-A-41, A-44, T-8, T-11, T-12). It narrows what is served; so does the configuration.</summary>
[TestClass]
public sealed class PublishedAliasTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task CMP_T_11_an_alias_that_the_CA_does_not_have_is_404_and_never_stored()
    {
        await using ProxyWorld world = await StartAsync();
        await world.PublishAsync(Cancel, Board.Alias("cmp"), Board.Alias("devices"));

        Assert.AreEqual(404, (await world.PostAsync(Messages.Genm(), Cancel, "/cmp/nobody")).Status);
        Assert.IsEmpty(world.Store.Rows);
        Assert.AreEqual(200, (await world.ExchangeAsync(Messages.Genm(), Cancel, "/cmp/devices")).Status);
        Assert.AreEqual(200, (await world.ExchangeAsync(Messages.Genm(), Cancel)).Status, "the default alias");
        CollectionAssert.AreEqual((string[])["devices", "cmp"], world.Worker.Seen.Select(request => request.Alias).ToArray());
    }

    [TestMethod]
    public async Task CMP_T_11_without_a_list_every_alias_goes_to_the_worker()
    {
        await using ProxyWorld world = await StartAsync();
        Assert.AreEqual(200, (await world.ExchangeAsync(Messages.Genm(), Cancel, "/cmp/anything")).Status);
        Assert.AreEqual("anything", world.Worker.Seen.Single().Alias);
    }

    [TestMethod]
    public async Task CMP_A_44_a_change_takes_effect_without_a_restart()
    {
        await using ProxyWorld world = await StartAsync();
        await world.PublishAsync(Cancel, Board.Alias("old"));
        Assert.AreEqual(404, (await world.PostAsync(Messages.Genm(), Cancel, "/cmp/new")).Status);

        await world.PublishAsync(Cancel, Board.Alias("new") with { Operations = ["genm"] });
        Assert.AreEqual(404, (await world.PostAsync(Messages.Genm(), Cancel, "/cmp/old")).Status);
        Assert.AreEqual(200, (await world.ExchangeAsync(Messages.Genm(), Cancel, "/cmp/new")).Status);
    }

    [TestMethod]
    public async Task CMP_A_41_an_operation_that_the_CA_does_not_offer_is_refused_in_its_words_and_what_goes_on_is_not()
    {
        await using ProxyWorld world = await StartAsync();
        await world.PublishAsync(Cancel, Board.Alias("cmp") with { Operations = ["kur", "nested"] });

        await world.MustRefuseAsync(Messages.Recorded("ir"), PkiFailureInfo.NotAuthorized, Cancel);
        PkiMessage nested = PkiMessage.Create(Messages.Header(), new PkiBody.Nested([PkiMessage.Read(Messages.Recorded("ir")).OrThrow()]));
        await world.MustRefuseAsync(nested.Encoded.ToArray(), PkiFailureInfo.NotAuthorized, Cancel);
        foreach (string allowed in (string[])["k1", "cc", "q2"])
        {
            Assert.AreEqual(200, (await world.WhileTheWorkerRunsAsync(() => world.PostAsync(Messages.Recorded(allowed), Cancel))).Status, allowed);
        }
    }

    [TestMethod]
    public async Task CMP_A_41_the_configuration_narrows_and_never_widens()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings =>
        {
            settings.Set("Operations:0", "genm");
            settings.Set("Operations:1", "ir");
            settings.Set("HoldTimeout", "00:00:20", "gone");
        });
        await world.PublishAsync(Cancel, Board.Alias("cmp") with { Operations = ["kur", "genm"] }, Board.Alias("elsewhere"));

        await world.MustRefuseAsync(Messages.Recorded("k1"), PkiFailureInfo.BadRequest, Cancel);
        await world.MustRefuseAsync(Messages.Recorded("ir"), PkiFailureInfo.NotAuthorized, Cancel);
        Assert.AreEqual(404, (await world.PostAsync(Messages.Genm(), Cancel, "/cmp/elsewhere")).Status, "published, but not served here");
        Assert.AreEqual(404, (await world.PostAsync(Messages.Genm(), Cancel, "/cmp/gone")).Status, "served here, but not published");
        Assert.AreEqual(200, (await world.ExchangeAsync(Messages.Genm(), Cancel)).Status);
    }

    [TestMethod]
    [DataRow(2048, 4096, 3000, 413, DisplayName = "smaller here")]
    [DataRow(4096, 2048, 3000, 413, DisplayName = "smaller at the CA")]
    [DataRow(4096, 4096, 3000, 400, DisplayName = "it fits")]
    [DataRow(null, 300_000, 200_000, 400, DisplayName = "larger than the default, as the CA says")]
    [DataRow(null, null, 200_000, 413, DisplayName = "the default")]
    public async Task CMP_T_12_the_smaller_size_counts(int? here, int? there, int length, int status)
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => settings.Configuration["CmpProxy:Aliases:cmp:MaxMessageBytes"] = here?.ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (there is { } limit)
        {
            await world.PublishAsync(Cancel, Board.Alias("cmp") with { MaxMessageBytes = limit });
        }

        Assert.AreEqual(status, (await world.PostAsync(new byte[length], Cancel)).Status, "400: read, and no message");
    }

    [TestMethod]
    public async Task CMP_T_8_names_in_the_path_that_the_CA_has_given_a_meaning()
    {
        await using ProxyWorld world = await StartAsync(settings => settings.Configuration["CmpProxy:Names:own:Alias"] = "stations");
        await world.PublishAsync(Cancel, Board.Alias("stations") with { Paths = new Dictionary<string, string> { ["factory"] = "Station", ["field"] = "", ["own"] = "Other" } });
        await world.WhileTheWorkerRunsAsync(async () =>
        {
            foreach (string name in (string[])["factory", "field", "own"])
            {
                Assert.AreEqual(200, (await world.PostAsync(Messages.Genm(), Cancel, $"/.well-known/cmp/p/{name}/getcacerts")).Status, name);
            }

            return true;
        });
        Assert.IsTrue(world.Worker.Seen.All(request => request is { Alias: "stations", Operation: "getcacerts" }));
        CollectionAssert.AreEqual((string?[])["Station", null, null], world.Worker.Seen.Select(request => request.CertificateProfileName).ToArray(), "the proxy's own names come first");
    }

    [TestMethod]
    public async Task Aliases_of_another_server_are_not_the_CAs_to_list()
    {
        await using FakeServer other = await FakeServer.StartAsync((http, body) => FakeServer.SendAsync(http, Messages.AnswerTo(body)));
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => settings.Set("Upstream:Url", other.Url, "legacy"));
        await world.PublishAsync(Cancel, Board.Alias("cmp") with { Paths = new Dictionary<string, string> { ["legacy"] = "" } });

        Assert.AreEqual(200, (await world.PostAsync(Messages.Genm(), Cancel, "/cmp/legacy")).Status);
        Assert.IsEmpty(world.Store.Rows);
    }

    private Task<ProxyWorld> StartAsync(Action<ProxySettings>? adjust = null) => ProxyWorld.StartAsync(Cancel, settings =>
    {
        settings.Configuration["CmpProxy:Aliases:cmp:HoldTimeout"] = null; // no alias is named here: the CA knows them
        adjust?.Invoke(settings);
    });
}
