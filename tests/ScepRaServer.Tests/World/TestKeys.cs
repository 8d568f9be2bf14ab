using System.Collections.Concurrent;
using Pki.Protocols.X509;

namespace ScepRaServer.Tests.World;

/// <summary>Keys that tests share: making an RSA key takes longer than most tests. Which key is which never matters.</summary>
internal static class TestKeys
{
    private static readonly ConcurrentDictionary<string, Lazy<KeyPair>> Made = new(StringComparer.Ordinal);

    /// <summary>The key of a name; always the same within a test run.</summary>
    public static KeyPair Named(string name, string spec = "RSA2048") =>
        Made.GetOrAdd($"{spec}/{name}", _ => new(() => KeyPair.Generate(spec))).Value;
}
