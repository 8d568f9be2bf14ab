using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;

namespace ExtRa.Messages.Store;

/// <summary>Notices of the CA in the table <c>publication</c> (CMP-A-41).</summary>
public abstract partial class MessageStoreContract
{
    private const string NoticeName = CMPAliasList.PublicationName;
    private static readonly TestPki Management = new("CN=ManagementCA,O=Test");
    private static readonly KeyStore NoticeSigner = Management.Issue("CN=worker1");

    private NoticeBoard Board => new(Database.Publications, new ServiceTrust([NoticeSigner.Certificate], issuer: null), TimeProvider.System);

    [TestMethod]
    public async Task A_notice_is_found_as_it_was_said_and_each_is_newer_than_the_last()
    {
        Assert.IsNull(await Board.FindAsync<CMPAliasList>(NoticeName, Cancel));
        long last = 0;
        foreach (string alias in (string[])["one", "two", "three"])
        {
            Assert.IsTrue(await Board.PostAsync(NoticeSigner, NoticeName, Notice(alias), Cancel));
            PostedNotice<CMPAliasList> found = (await Board.FindAsync<CMPAliasList>(NoticeName, Cancel))!.Value.OrThrow();
            Assert.AreEqual(alias, found.Notice.Aliases.Single().Name);
            CollectionAssert.AreEqual((string[])["kur"], found.Notice.Aliases.Single().Operations.ToArray());
            Assert.AreEqual("Station", found.Notice.Aliases.Single().Paths["factory"]);
            Assert.IsGreaterThan(last, found.Version);
            last = found.Version;
        }

        Assert.AreEqual("2\n", await RunAsync("select count(*) from publication"), "older ones are removed");
    }

    [TestMethod]
    public async Task Notices_that_are_posted_at_the_same_time_are_one_after_the_other_or_refused()
    {
        bool[] posted = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Board.PostAsync(NoticeSigner, NoticeName, Notice($"alias{i}"), Cancel)));
        Assert.IsTrue(posted.Any(done => done));
        (await Board.FindAsync<CMPAliasList>(NoticeName, Cancel))!.Value.OrThrow();
    }

    [TestMethod]
    public async Task A_notice_follows_a_row_that_somebody_else_made_unless_nothing_can()
    {
        var forged = new Publication(NoticeName, long.MaxValue - 2, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200), "Zm9yZ2Vk");
        await Database.Publications.PublishAsync(forged, Cancel);
        Assert.IsFalse((await Board.FindAsync<CMPAliasList>(NoticeName, Cancel))!.Value.Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.Malformed, refusal!.Code);
        Assert.IsTrue(await Board.PostAsync(NoticeSigner, NoticeName, Notice("mine"), Cancel));
        (await Board.FindAsync<CMPAliasList>(NoticeName, Cancel))!.Value.OrThrow();

        await Database.Publications.PublishAsync(forged with { Version = long.MaxValue }, Cancel);
        Assert.IsFalse(await Board.PostAsync(NoticeSigner, NoticeName, Notice("mine"), Cancel));
    }

    private static CMPAliasList Notice(string alias) => new()
    {
        NotAfter = DateTimeOffset.UtcNow.AddHours(1),
        Aliases = [new() { Name = alias, MaxMessageBytes = 100_000, Operations = ["kur"], Paths = new Dictionary<string, string> { ["factory"] = "Station" } }],
    };
}
