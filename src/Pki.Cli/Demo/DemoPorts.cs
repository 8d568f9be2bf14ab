using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Pki.Cli.Demo;

/// <summary>The ports of a demo, all on the loopback address, counted from its base (ARCHITECTURE.md 8).</summary>
/// <param name="ScepRa">The SCEP RA: base + 0.</param>
/// <param name="AdminWeb">The admin web: base + 363, which makes 8443 of 8080.</param>
internal sealed record DemoPorts(int ScepRa, int AdminWeb)
{
    public const int DefaultBase = 8080;
    private const int ToAdminWeb = 363;

    /// <summary>The ports from a base on; base 0 takes any free one.</summary>
    public static DemoPorts From(int portBase)
    {
        if (portBase == 0)
        {
            return new(Free(), Free());
        }

        return new(Require(portBase), Require(portBase + ToAdminWeb));
    }

    private static int Free() => Probe(0) ?? throw new CliException("There is no free port on the loopback address.", "Close what uses them.");

    private static int Require(int port) => (port is > IPEndPoint.MinPort and <= IPEndPoint.MaxPort ? Probe(port) : null)
        ?? throw new CliException(
            string.Create(CultureInfo.InvariantCulture, $"Port {port} of 127.0.0.1 is in use."),
            "Choose others with --port-base N (0 takes any free port), or stop what uses it.");

    /// <summary>The port if it is free now; for 0 one that is.</summary>
    private static int? Probe(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
