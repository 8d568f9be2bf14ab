using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Pki.Hosting;

/// <summary>
/// How many connections one address has open at a time; more are closed at once. An idle connection costs its client nothing,
/// so without this one client takes all places of a server and nobody else gets through. Trusted proxies, which bring
/// everybody's calls, are not counted.
/// </summary>
public sealed class ConnectionLimit
{
    private readonly int perAddress;
    private readonly IReadOnlyCollection<string> proxies;
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> open = new(StringComparer.Ordinal);

    private ConnectionLimit(int perAddress, IReadOnlyCollection<string> proxies) => (this.perAddress, this.proxies) = (perAddress, proxies);

    /// <summary>Puts it before every listener of a server, TLS handshakes included.</summary>
    /// <param name="kestrel">The server, before it is told where to listen.</param>
    /// <param name="perAddress">Most connections of one address; of an IPv6 network of 64 bits.</param>
    /// <param name="proxies">Addresses and networks that are not counted.</param>
    public static void AddTo(KestrelServerOptions kestrel, int perAddress, IReadOnlyCollection<string> proxies)
    {
        var limit = new ConnectionLimit(perAddress, proxies);
        kestrel.ConfigureEndpointDefaults(listen => listen.Use(next => connection => limit.ServeAsync(connection, next)));
    }

    private async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if ((connection.RemoteEndPoint as IPEndPoint)?.Address is not { } address || ClientAddress.IsAmong(address, proxies))
        {
            await next(connection);
            return;
        }

        string source = ClientAddress.Of(address);
        if (!TryEnter(source))
        {
            connection.Abort(new ConnectionAbortedException("The address has too many connections."));
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            Leave(source);
        }
    }

    private bool TryEnter(string source)
    {
        lock (gate)
        {
            int here = open.GetValueOrDefault(source);
            if (here >= perAddress)
            {
                return false;
            }

            open[source] = here + 1;
            return true;
        }
    }

    // What is zero is forgotten: addresses are a stranger's to choose.
    private void Leave(string source)
    {
        lock (gate)
        {
            if (--open[source] == 0)
            {
                open.Remove(source);
            }
        }
    }
}
