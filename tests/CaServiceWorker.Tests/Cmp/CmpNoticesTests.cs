using System.Net;
using Ca.Core.Cmp;
using Ca.Core.Roles;
using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;
using TestKit;

namespace CaServiceWorker.Tests.Cmp;

/// <summary>What the CA tells its proxies through the message database: its aliases, and who is locked out (CMP-A-41, A-44, P-7).</summary>
[TestClass]
public sealed class CmpNoticesTests
{
    private static readonly TimeSpan Patience = Eventually.Patience;
    private static readonly Actor Admin = Actor.Internal("test");

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(MessageDialect.PostgreSql)]
    [DataRow(MessageDialect.MariaDb)]
    public async Task A41_A44_A_proxy_without_aliases_learns_them_and_their_changes_from_the_CA(MessageDialect dialect)
    {
        await using CmpWorld world = await CmpWorld.CreateAsync(Cancel, dialect);
        world.System.Configuration["CmpNoticesInterval"] = "00:00:00.200";
        Uri url = await world.StartProxyAsync(Cancel, WithoutAliases);
        await world.System.StartWorkerAsync(Cancel);
        Uri other = new(url, "/.well-known/cmp/p/other");
        Uri factory = new(url, "/.well-known/cmp/p/factory");

        await Eventually.BecomesTrueAsync(
            async cancel =>
            {
                long rows = (await world.System.Messages.Messages.StatsAsync(cancel)).Processed;
                HttpStatusCode status = await world.StatusAsync(other, Genm(world), cancel);
                return (status, (await world.System.Messages.Messages.StatsAsync(cancel)).Processed) == (HttpStatusCode.NotFound, rows);
            },
            Patience,
            Cancel,
            "T-11: decided at the proxy, nothing is stored"); // before the list is there, the CA says so
        Assert.AreEqual(HttpStatusCode.OK, await world.StatusAsync(url, Genm(world), Cancel));

        CmpAlias alias = new() { CaName = "IssuingCA", Mode = CmpMode.Ra, Paths = new Dictionary<string, string> { ["factory"] = "" } };
        (await world.System.Get<CmpAliases>().SetAsync(Admin, "other", alias, Cancel)).OrThrow();
        await BecomesAsync(world, other, HttpStatusCode.OK);
        await BecomesAsync(world, factory, HttpStatusCode.OK);

        (await world.System.Get<CmpAliases>().SetAsync(Admin, "other", alias with { Paths = new Dictionary<string, string>() }, Cancel)).OrThrow();
        await BecomesAsync(world, factory, HttpStatusCode.NotFound);
    }

    [TestMethod]
    [DataRow(MessageDialect.PostgreSql)]
    [DataRow(MessageDialect.MariaDb)]
    public async Task A41_What_is_there_is_left_and_what_is_gone_or_forged_is_told_again(MessageDialect dialect)
    {
        await using CmpWorld world = await CmpWorld.CreateAsync(Cancel, dialect);
        world.System.Configuration["CmpNoticesInterval"] = "01:00:00";
        IHost host = await world.System.StartWorkerAsync(Cancel);
        CmpNoticesJob job = ActivatorUtilities.CreateInstance<CmpNoticesJob>(host.Services);
        IPublicationStore table = world.System.Messages.Publications;
        await Eventually.BecomesTrueAsync(async cancel => await table.FindNewestAsync(CMPAliasList.PublicationName, cancel) is not null, Patience, Cancel, "the list is published");
        Publication first = (await table.FindNewestAsync(CMPAliasList.PublicationName, Cancel))!;

        await job.Execute(null!, Cancel);
        Assert.AreEqual(first, await table.FindNewestAsync(CMPAliasList.PublicationName, Cancel), "nothing has changed");
        Assert.IsNull(await table.FindNewestAsync(CMPLockoutList.PublicationName, Cancel), "nobody is locked out: nothing to tell");

        await table.PublishAsync(first with { Version = first.Version + 1_000_000, Content = "Zm9yZ2Vk" }, Cancel);
        await job.Execute(null!, Cancel);
        CMPAliasList told = await ReadAsync(world);
        Assert.AreEqual(CmpWorld.Alias, told.Aliases.Single().Name);
        CollectionAssert.AreEqual((string[])["ir", "cr", "p10cr", "kur", "rr", "genm"], told.Aliases.Single().Operations.ToArray());

        await table.PruneAsync(CMPAliasList.PublicationName, 0, Cancel);
        await job.Execute(null!, Cancel);
        Assert.HasCount(1, (await ReadAsync(world)).Aliases);
    }

    [TestMethod]
    public async Task P7_A_sender_that_is_locked_out_at_the_CA_does_not_flood_it()
    {
        const int Guesses = 3;
        await using CmpWorld world = await CmpWorld.CreateAsync(Cancel);
        world.System.Configuration["CmpNoticesInterval"] = "00:00:00.200";
        CmpAliases aliases = world.System.Get<CmpAliases>();
        (await aliases.SetAsync(Admin, CmpWorld.Alias, (await aliases.FindAsync(CmpWorld.Alias, Cancel))! with { MaxWrongSecrets = Guesses }, Cancel)).OrThrow();
        Uri url = await world.StartProxyAsync(Cancel, settings => settings["CmpProxy:Limits:LockedKeyIdCallsPerMinute"] = "1");
        await world.System.StartWorkerAsync(Cancel);
        PkiBody wrong = await AskAsync(world, url, "wrong");
        await Eventually.BecomesTrueAsync(async cancel => await world.StatusAsync(url, Request(world, "wrong"), cancel) == HttpStatusCode.TooManyRequests, Patience, Cancel, "the proxy knows");

        using var client = new HttpClient();
        (HttpStatusCode status, byte[] right) = await CmpWorld.TryPostAsync(client, url, Request(world, CmpWorld.SecretText), Cancel);
        Assert.IsTrue(status == HttpStatusCode.TooManyRequests || PkiMessage.Read(right).OrThrow().Body is PkiBody.Error, "the right secret fares no better");
        Assert.IsInstanceOfType<PkiBody.Error>(wrong);
        Assert.AreEqual(HttpStatusCode.OK, await world.StatusAsync(url, Genm(world), Cancel), "another sender");
        Assert.AreEqual("1", await world.System.CountAsync("select count(*) from audit_record where details like '%lockedOut%'", Cancel));
    }

    private static void WithoutAliases(Dictionary<string, string?> settings) => settings[$"CmpProxy:Aliases:{CmpWorld.Alias}:HoldTimeout"] = null;

    private async Task<PkiBody> AskAsync(CmpWorld world, Uri url, string secret) =>
        PkiMessage.Read(await world.PostAsync(url, Request(world, secret), Cancel)).OrThrow().Body;

    private static PkiMessage Request(CmpWorld world, string secret)
    {
        CmpCredentials credentials = CmpCredentials.OfSecret("guesser", Secret.FromText(secret), PasswordBasedMac.Create(new byte[16], 500));
        return world.Begin(credentials).Next(Question);
    }

    private static PkiMessage Genm(CmpWorld world) => world.Begin("3078").Next(Question);

    private static PkiBody Question => new PkiBody.General(PkiBodyKind.GeneralMessage, [new(Pki.Protocols.Asn1.Oids.CaCerts)]);

    private Task BecomesAsync(CmpWorld world, Uri url, HttpStatusCode status) =>
        Eventually.BecomesTrueAsync(async cancel => await world.StatusAsync(url, Genm(world), cancel) == status, Patience, Cancel, $"{url.AbsolutePath} is {status}");

    private async Task<CMPAliasList> ReadAsync(CmpWorld world)
    {
        var board = new NoticeBoard(world.System.Messages.Publications, new ServiceTrust([world.System.Worker.Certificate], issuer: null), TimeProvider.System);
        return (await board.FindAsync<CMPAliasList>(CMPAliasList.PublicationName, Cancel))!.Value.OrThrow().Notice;
    }
}
