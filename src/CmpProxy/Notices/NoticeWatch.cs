using CmpProxy.Configuration;
using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Store;
using Microsoft.Extensions.Options;
using Pki.Hosting;
using Pki.Protocols.Trust;

namespace CmpProxy.Notices;

/// <summary>
/// Looks for what the CA tells its proxies, and takes what is verified and new (CMP-A-41, A-44, P-7). A call never waits
/// for it: without it the CA decides.
/// </summary>
/// <param name="board">The notices; null where no alias is the CA's, or nobody is believed.</param>
/// <param name="aliases">Takes the list of aliases.</param>
/// <param name="lockouts">Takes the list of senders that are locked out.</param>
/// <param name="options">How often.</param>
/// <param name="clock">Now.</param>
/// <param name="log">For the operator.</param>
internal sealed class NoticeWatch(
    NoticeBoard? board, NoticeMemory<CMPAliasList> aliases, NoticeMemory<CMPLockoutList> lockouts, IOptions<CmpProxyOptions> options, TimeProvider clock, ILogger<NoticeWatch> log)
    : BackgroundService
{
    // The last complaint about each notice: the same one is not repeated at every look.
    private readonly Dictionary<string, string> complaints = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (board is null)
        {
            return;
        }

        using var timer = new PeriodicTimer(options.Value.PublicationRefresh, clock);
        do
        {
            try
            {
                await LookAsync(board, CMPAliasList.PublicationName, aliases, stoppingToken);
                await LookAsync(board, CMPLockoutList.PublicationName, lockouts, stoppingToken);
            }
            catch (MessageStoreUnavailableException e)
            {
                log.DatabaseUnreachable(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task LookAsync<T>(NoticeBoard from, string name, NoticeMemory<T> memory, CancellationToken cancel)
        where T : Notice
    {
        if (await from.FindAsync<T>(name, cancel) is not { } found)
        {
            return; // what was taken stays until it runs out
        }

        if (!found.Succeeded(out PostedNotice<T>? posted, out Refusal? refusal))
        {
            Complain(name, refusal.ToString());
        }
        else if (posted.Version < memory.Version)
        {
            Complain(name, $"version {posted.Version} is older than the one in use"); // put back by somebody who owns the database
        }
        else if (memory.Take(posted))
        {
            complaints.Remove(name);
            log.NoticeTaken(name, posted.Version);
        }
    }

    private void Complain(string name, string why)
    {
        if (complaints.GetValueOrDefault(name) != why)
        {
            complaints[name] = why;
            log.NoticeRefused(name, LogText.Of(why));
        }
    }
}
