using System.Net;
using System.Net.Sockets;

namespace Pki.PrivateServers;

/// <summary>Finds a TCP port on 127.0.0.1 that nobody uses at this moment.</summary>
internal static class FreePort
{
    /// <summary>A free port. Somebody else may take it before it is used; the server then does not start.</summary>
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
