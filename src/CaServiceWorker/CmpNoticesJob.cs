using System.Text.Json;
using Ca.Core.Cmp;
using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Store;
using Pki.Protocols.X509;
using Quartz;

namespace CaServiceWorker;

/// <summary>
/// Tells the CMP proxies which aliases there are and who is locked out, in every message database that brings CMP
/// (CMP-A-41, A-44, P-7). Each node looks at what is there: who shares the worker's key finds its own work done.
/// </summary>
[DisallowConcurrentExecution]
internal sealed partial class CmpNoticesJob(WorkerSet workers, CmpAliases aliases, CmpGuesses guesses, TimeProvider clock, ILogger<CmpNoticesJob> log) : IJob
{
    /// <summary>How long a notice counts. A captured one can be put back for as long; without a new one proxies ask the CA again.</summary>
    internal static readonly TimeSpan Validity = TimeSpan.FromHours(1);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            (CMPAliasList list, CMPLockoutList lockouts) = await ReadAsync(cancellationToken);
            foreach (Worker worker in workers.Select(running => running.Worker).Where(w => w.Types.Contains(MessageType.Cmp)).DistinctBy(w => w.Database))
            {
                // Unsigned is not published: nobody could believe it.
                if (worker.KeyStore is { } key && key.Certificate.KeyUsage?.HasFlag(KeyUsages.DigitalSignature) == true)
                {
                    var board = new NoticeBoard(worker.Database.Publications, new ServiceTrust([key.Certificate], issuer: null), clock);
                    await TellAsync(board, key, CMPAliasList.PublicationName, list, list.Aliases.Count, cancellationToken);
                    await TellAsync(board, key, CMPLockoutList.PublicationName, lockouts, lockouts.Lockouts.Count, cancellationToken);
                }
            }
        }
        catch (Exception fault) when (Faults.IsTransient(fault))
        {
            LogAway("What CMP proxies are told", fault.Message); // the CA database
        }
    }

    private async Task<(CMPAliasList Aliases, CMPLockoutList Lockouts)> ReadAsync(CancellationToken cancel)
    {
        IReadOnlyList<CmpAlias> all = await aliases.ListAsync(cancel);
        IReadOnlyList<CmpLockout> lockedOut = await guesses.LockedOutAsync(all, CMPLockoutList.MaxEntries, cancel);
        DateTimeOffset notAfter = clock.GetUtcNow() + Validity;
        return (
            new() { NotAfter = notAfter, Aliases = [.. all.Select(EntryOf)] },
            new() { NotAfter = notAfter, Lockouts = [.. lockedOut.Select(l => new CMPLockout { Alias = l.Alias, Sender = l.Sender, Until = l.Until })] });
    }

    private static CMPAliasEntry EntryOf(CmpAlias alias) => new()
    {
        Name = alias.Name,
        Paths = alias.Paths,
        MaxMessageBytes = alias.MaxMessageBytes,
        Operations = [.. alias.Operations.Select(operation => JsonNamingPolicy.CamelCase.ConvertName(operation.ToString()))],
    };

    private async Task TellAsync<T>(NoticeBoard board, KeyStore key, string name, T notice, int entries, CancellationToken cancel)
        where T : Notice
    {
        try
        {
            if (await IsNewsAsync(board, name, notice, entries, cancel) && !await board.PostAsync(key, name, notice, cancel))
            {
                LogNotPosted(name);
            }
        }
        catch (Exception fault) when (Faults.IsTransient(fault))
        {
            LogAway(name, fault.Message);
        }
    }

    // An empty list is the same as none: it is told to those who know another, and not repeated.
    private async Task<bool> IsNewsAsync<T>(NoticeBoard board, string name, T notice, int entries, CancellationToken cancel)
        where T : Notice =>
        await board.FindAsync<T>(name, cancel) is { } found && found.Succeeded(out PostedNotice<T>? there, out _)
            ? !Says(there.Notice).AsSpan().SequenceEqual(Says(notice)) || (entries > 0 && clock.GetUtcNow() - there.Created > Validity / 2)
            : entries > 0;

    private static byte[] Says(Notice notice) => MessageJson.WriteOne(notice with { NotAfter = default });

    [LoggerMessage(3074, LogLevel.Warning, "{Name} was not published: another node was faster, or somebody has stored a row of the highest version.")]
    private partial void LogNotPosted(string name);

    [LoggerMessage(3075, LogLevel.Warning, "{Name} is published later: {Reason}")]
    private partial void LogAway(string name, string reason);
}
