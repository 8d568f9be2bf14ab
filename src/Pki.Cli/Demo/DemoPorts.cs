using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Pki.PrivateServers;

namespace Pki.Cli.Demo;

/// <summary>The ports of a demo, all on the loopback address, counted from its base (ARCHITECTURE.md 8).</summary>
/// <param name="ScepRa">The SCEP RA: base + 0.</param>
/// <param name="CmpProxy">The CMP proxy: base + 1.</param>
/// <param name="AdminWeb">The admin web: base + 363, which makes 8443 of 8080.</param>
internal sealed record DemoPorts(int ScepRa, int CmpProxy, int AdminWeb)
{
    public const int DefaultBase = 8080;
    private const int ToCmpProxy = 1;
    private const int ToAdminWeb = 363;

    /// <summary>The ports from a base on; base 0 takes any free ones.</summary>
    public static DemoPorts From(int portBase)
    {
        int[] wanted = portBase == 0 ? FreePort.Next(3) : [portBase, portBase + ToCmpProxy, portBase + ToAdminWeb];
        List<TcpListener> open = [];
        try
        {
            foreach (int port in wanted)
            {
                open.Add(Open(port));
            }

            int[] ports = [.. open.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
            return new(ports[0], ports[1], ports[2]);
        }
        finally
        {
            open.ForEach(listener => listener.Dispose());
        }
    }

    /// <summary>Listens if the port is free now.</summary>
    private static TcpListener Open(int port)
    {
        TcpListener? listener = null;
        try
        {
            listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return listener;
        }
        catch (Exception e) when (e is SocketException or ArgumentOutOfRangeException)
        {
            listener?.Dispose();
            throw new CliException(
                string.Create(CultureInfo.InvariantCulture, $"Port {port} of 127.0.0.1 is in use, or there is no such port."),
                "Choose others with --port-base N (0 takes any free ports), or stop what uses it.",
                inner: e);
        }
    }
}
