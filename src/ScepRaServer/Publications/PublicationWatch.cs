using System.Collections.Concurrent;
using ExtRa.Messages.Store;
using Microsoft.Extensions.Options;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using ScepRaServer.Aliases;
using ScepRaServer.Configuration;

namespace ScepRaServer.Publications;

/// <summary>
/// Fetches what the CA publishes, verifies it, and keeps the last good copy in memory; so a request never waits for it
/// and it outlives an outage (ARCHITECTURE.md 7).
/// </summary>
internal sealed class PublicationWatch(
    IPublicationStore store, AliasBook aliases, PublishedCrls crls, NextCaCertificates nextCas, IOptions<ScepRaOptions> options, TimeProvider clock, ILogger<PublicationWatch> log)
    : BackgroundService
{
    private readonly ConcurrentDictionary<string, long> versions = new(StringComparer.Ordinal);

    /// <summary>Looks once at everything that may have been published.</summary>
    public async Task RefreshAsync(CancellationToken cancel)
    {
        foreach (ScepAlias alias in aliases.All.DistinctBy(alias => alias.CaName, StringComparer.Ordinal))
        {
            await TakeAsync($"crl/{alias.CaName}", (content, _) => TakeCrl(alias, content), cancel);
            await TakeAsync($"next-ca/{alias.CaName}", (content, publication) => nextCas.Take(alias, content, publication.NotAfter), cancel);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.PublicationRefresh, clock);
        do
        {
            try
            {
                await RefreshAsync(stoppingToken);
            }
            catch (MessageStoreUnavailableException e)
            {
                log.QueueUnreachable(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task TakeAsync(string name, Func<byte[], Publication, string?> take, CancellationToken cancel)
    {
        if (await store.FindNewestAsync(name, cancel) is not { } found || !IsNew(name, found.Version))
        {
            return;
        }

        byte[] content = new byte[found.Content.Length];
        string? problem = Convert.TryFromBase64String(found.Content, content, out int length) ? take(content[..length], found) : "it is not base64";
        if (problem is null)
        {
            log.PublicationTaken(name);
        }
        else
        {
            log.PublicationRefused(name, problem);
        }
    }

    // Each version is looked at once, so that a bad one is complained about once.
    private bool IsNew(string name, long version) =>
        versions.TryGetValue(name, out long known) ? known != version && versions.TryUpdate(name, version, known) : versions.TryAdd(name, version);

    private string? TakeCrl(ScepAlias alias, byte[] content)
    {
        if (!Der.Decode<CertificateList>(content).Succeeded(out CertificateList? crl, out Refusal? refusal))
        {
            return refusal.Detail;
        }

        if (alias.Authorities.FirstOrDefault(ca => crl.IsSignedBy(ca.PublicKey)) is not { } authority)
        {
            return $"no CA of alias '{alias.Name}' signed it";
        }

        if (crls.Of(authority) is { } known && known.ThisUpdate > crl.ThisUpdate)
        {
            return "it is older than the one in use"; // replayed by somebody who owns the database
        }

        crls.Keep(authority, crl);
        return null;
    }
}
