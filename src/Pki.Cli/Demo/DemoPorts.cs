using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Pki.Cli.Demo;

/// <summary>The ports of a demo, all on the loopback address, counted from its base (ARCHITECTURE.md 8).</summary>
/// <param name="ScepRa">The SCEP RA: base + 0.</param>
/// <param name="CmpProxy">The CMP proxy: base + 1.</param>
internal sealed record DemoPorts(int ScepRa, int CmpProxy)
{
    public const int DefaultBase = 8080;

    /// <summary>The ports from a base on; base 0 takes any free ones.</summary>
    public static DemoPorts From(int portBase)
    {
        if (portBase != 0)
        {
            return new(Demand(portBase), Demand(portBase + 1));
        }

        using TcpListener first = Open(0) ?? throw NoneFree();
        using TcpListener second = Open(0) ?? throw NoneFree(); // while the first is open, so that they differ
        return new(PortOf(first), PortOf(second));
    }

    private static int Demand(int port)
    {
        using TcpListener? listener = Open(port);
        return listener is not null ? port : throw new CliException(
            string.Create(CultureInfo.InvariantCulture, $"Port {port} of 127.0.0.1 is in use."),
            "Choose others with --port-base N (0 takes any free ports), or stop what uses it.");
    }

    private static CliException NoneFree() => new("There is no free port on the loopback address.", "Close what uses them.");

    private static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Listens if the port is free now; for 0 on one that is.</summary>
    private static TcpListener? Open(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException)
        {
            listener.Dispose();
            return null;
        }
    }
}
