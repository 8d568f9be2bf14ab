using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;

namespace Pki.Hosting;

/// <summary>Where a call came from.</summary>
public static class ClientAddress
{
    private const int NetworkBytes = 8;

    /// <summary>A text for log, CA and counters. An IPv6 host owns a whole /64, which counts as one.</summary>
    public static string Of(IPAddress? remote)
    {
        if (remote is null)
        {
            return "-";
        }

        IPAddress address = remote.IsIPv4MappedToIPv6 ? remote.MapToIPv4() : remote;
        return address.AddressFamily == AddressFamily.InterNetwork
            ? address.ToString()
            : new IPAddress([.. address.GetAddressBytes()[..NetworkBytes], 0, 0, 0, 0, 0, 0, 0, 0]) + "/64";
    }

    /// <summary>True for an address or a network such as 10.1.0.0/16.</summary>
    public static bool IsProxy(string text) => IPAddress.TryParse(text, out _) || System.Net.IPNetwork.TryParse(text, out _);

    /// <summary>Whether an address is one of these addresses or in one of these networks.</summary>
    public static bool IsAmong(IPAddress address, IReadOnlyCollection<string> proxies)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return proxies.Any(proxy => IPAddress.TryParse(proxy, out IPAddress? one) ? one.Equals(plain) : System.Net.IPNetwork.Parse(proxy).Contains(plain));
    }

    /// <summary>Believes X-Forwarded-For from these addresses and networks, and from nobody else (SCEP.md H-20).</summary>
    public static void TrustProxies(ForwardedHeadersOptions forwarded, IReadOnlyCollection<string> proxies)
    {
        forwarded.ForwardedHeaders = proxies.Count > 0 ? ForwardedHeaders.XForwardedFor : ForwardedHeaders.None;
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (string proxy in proxies)
        {
            if (IPAddress.TryParse(proxy, out IPAddress? address))
            {
                forwarded.KnownProxies.Add(address);
            }
            else
            {
                forwarded.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
            }
        }
    }
}
