using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Pki.PrivateServers;

/// <summary>
/// Finds TCP ports on 127.0.0.1 that nobody uses at this moment. They lie below those that the system gives out by itself
/// (32768 and above), so that in the moment before they are used no outgoing connection and no "any port" takes them.
/// </summary>
public static class FreePort
{
    private const int First = 10_000;
    private const int End = 32_768;
    private const int Tries = 1_000;

    /// <summary>A free port. Somebody else may take it before it is used; the server then does not start.</summary>
    public static int Next() => Next(1)[0];

    /// <summary>So many free ports, all different.</summary>
    /// <exception cref="PrivateServerException">There are not so many.</exception>
    public static int[] Next(int count)
    {
        var ports = new HashSet<int>();
        for (int attempt = 0; attempt < Tries && ports.Count < count; attempt++)
        {
            int port = RandomNumberGenerator.GetInt32(First, End);
            if (IsFree(port))
            {
                ports.Add(port);
            }
        }

        return ports.Count == count ? [.. ports] : throw new PrivateServerException("No free port of 127.0.0.1 was found.");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
