using CmpProxy.Notices;
using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Store;
using Microsoft.Extensions.DependencyInjection;
using Pki.Protocols.X509;
using TestKit;

namespace CmpProxy.Tests.World;

/// <summary>What the CA publishes to a proxy, as its worker does it.</summary>
internal static class Board
{
    /// <summary>All that may begin a transaction at a CA.</summary>
    public static readonly IReadOnlyList<string> AllOperations = ["ir", "cr", "p10cr", "kur", "rr", "genm", "nested"];

    /// <summary>An alias that offers everything.</summary>
    public static CMPAliasEntry Alias(string name) => new() { Name = name, MaxMessageBytes = 100_000, Operations = AllOperations };

    extension(ProxyWorld world)
    {
        /// <summary>Publishes aliases and waits until the proxy has them.</summary>
        public async Task<Publication> PublishAsync(CancellationToken cancel, params CMPAliasEntry[] aliases)
        {
            Publication row = await world.PostAsync(CMPAliasList.PublicationName, world.ListOf(aliases), cancel);
            await world.UntilTakenAsync<CMPAliasList>(row.Version, cancel);
            return row;
        }

        /// <summary>A list that counts for an hour.</summary>
        public CMPAliasList ListOf(params CMPAliasEntry[] aliases) => new() { NotAfter = world.Clock.GetUtcNow().AddHours(1), Aliases = aliases };

        /// <summary>Signs a notice and stores it.</summary>
        public async Task<Publication> PostAsync(string name, Notice notice, CancellationToken cancel, KeyStore? signer = null)
        {
            KeyStore by = signer ?? world.Settings.Worker;
            Assert.IsTrue(await new NoticeBoard(world.Store, new ServiceTrust([by.Certificate], issuer: null), world.Clock).PostAsync(by, name, notice, cancel));
            return (await world.Store.FindNewestAsync(name, cancel))!;
        }

        /// <summary>Until the proxy has a version.</summary>
        public Task UntilTakenAsync<T>(long version, CancellationToken cancel)
            where T : Notice =>
            world.UntilAsync(() => world.Services.GetRequiredService<NoticeMemory<T>>().Version == version, "the notice is taken", cancel);

        /// <summary>
        /// Until something is so, while the proxy looks at the table again and again. Time goes on only when it has looked: a
        /// proxy that is not scheduled for a while must not find that the notice has run out.
        /// </summary>
        public Task UntilAsync(Func<bool> isSo, string what, CancellationToken cancel)
        {
            int looks = -1;
            return Eventually.BecomesTrueAsync(
                () =>
                {
                    if (isSo())
                    {
                        return true;
                    }

                    if (world.Store.NoticeLooks != looks)
                    {
                        looks = world.Store.NoticeLooks;
                        world.Clock.Advance(TimeSpan.FromSeconds(5));
                    }

                    return false;
                },
                ProxyWorld.Patience,
                cancel,
                what);
        }
    }
}
