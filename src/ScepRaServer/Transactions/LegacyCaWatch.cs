using ExtRa.Legacy.Client;
using ExtRa.Messages.Client;
using ExtRa.Messages.Store;
using Microsoft.Extensions.Options;
using Pki.Hosting;
using Pki.Protocols.Trust;
using ScepRaServer.Configuration;

namespace ScepRaServer.Transactions;

/// <summary>Where the CA is a legacy one, asks it once after the start whether it understands this server, and says so.</summary>
internal sealed class LegacyCaWatch(IMessageStore store, ExtRaLink link, IOptions<ScepRaOptions> options, TimeProvider clock, ILogger<LegacyCaWatch> log) : BackgroundService
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Link.Format == LinkFormat.Native)
        {
            return;
        }

        try
        {
            (LegacyCaVerdict verdict, Refusal? reason) = await new LegacyCaCheck(store, link, clock).RunAsync(Patience, stoppingToken);
            if (verdict == LegacyCaVerdict.Reads)
            {
                log.LegacyCaReads();
            }
            else
            {
                log.LegacyCaDoesNot(verdict, Explain(verdict), LogText.Of(reason?.ToString()));
            }
        }
        catch (MessageStoreUnavailableException away)
        {
            log.LegacyCaDoesNot(LegacyCaVerdict.TakesNothing, away.Message, "");
        }
    }

    private static string Explain(LegacyCaVerdict verdict) => verdict switch
    {
        LegacyCaVerdict.PutsBackUnread => "It puts requests back unread: version 6.3.0 verifies no signature (6.3.1 does); others do so when they do not trust this server's certificate or cannot decrypt.",
        LegacyCaVerdict.AnswersUnbelievably => "It answers, but not as Link demands: see whether it signs and encrypts its answers, and with which certificate.",
        LegacyCaVerdict.TookAndFellSilent => "It takes requests and falls silent: this server's certificate is unknown to it, revoked, or without rights.",
        _ => "Nobody takes the requests from the message database.",
    };
}
