using System.Net;
using System.Security.Cryptography;
using System.Text;
using AdminWeb.Configuration;
using Ca.Core.Roles;
using Microsoft.Extensions.Options;
using Pki.Protocols.Trust;

namespace AdminWeb.SignIn;

/// <summary>
/// The demonstration's way in: a token from a file signs in once, from this machine only, and opens one session that is
/// kept in memory alone. Its rights are those the configured role has at each request.
/// </summary>
internal sealed class DemoLink(IOptions<AdminWebOptions> options, RoleStore roles, TimeProvider clock)
{
    /// <summary>A cookie with this prefix is for this host alone, over TLS alone (RFC 6265bis §4.1.3.2).</summary>
    public const string Cookie = "__Host-pki-demo";

    public const string Path = "/demo-link";
    private const int SessionBytes = 32;

    private readonly Lock gate = new();
    private Session? session;

    public bool IsOn => options.Value.DemoLink.IsOn;

    /// <summary>Uses the link up. The cookie's value, or why not.</summary>
    public Outcome<string> Redeem(string? token, ConnectionInfo connection)
    {
        if (!IsOn || !IsLocal(connection))
        {
            return new Refusal(RefusalCode.NotAuthorized, "There is no demo link for this connection.");
        }

        lock (gate)
        {
            var file = new FileInfo(options.Value.DemoLink.TokenFile!);
            if (!file.Exists)
            {
                return new Refusal(RefusalCode.Conflict, "The demo link was used already.");
            }

            if (clock.GetUtcNow() - new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero) > options.Value.DemoLink.ValidFor)
            {
                return new Refusal(RefusalCode.Expired, "The demo link is too old.");
            }

            string expected = File.ReadLines(file.FullName).FirstOrDefault() ?? "";
            if (expected.Length == 0 || !SameDigest(Digest(expected), Digest(token ?? "")))
            {
                return new Refusal(RefusalCode.NotAuthorized, "The demo link's token is wrong.");
            }

            // Removed before the session exists: a link that works twice is worse than one that never worked.
            file.Delete();
            string value = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SessionBytes));
            session = new(Digest(value), clock.GetUtcNow() + options.Value.DemoLink.SessionLasts);
            return value;
        }
    }

    /// <summary>Who has this cookie; null for nobody.</summary>
    public async Task<Administrator?> FindAsync(string? cookie, ConnectionInfo connection, CancellationToken cancel)
    {
        if (cookie is null || !IsOn || !IsLocal(connection) || !IsOpen(cookie))
        {
            return null;
        }

        string name = options.Value.DemoLink.Role!;
        return (await roles.ListAsync(cancel)).FirstOrDefault(role => role.Name == name) is { } role
            ? new Administrator(Actor.With($"demo link ({name})", role.RuleList), "demo-link", "demo link")
            : null;
    }

    /// <summary>Both ends of the connection are on this machine.</summary>
    internal static bool IsLocal(ConnectionInfo connection) =>
        connection is { RemoteIpAddress: { } remote, LocalIpAddress: { } local } && IPAddress.IsLoopback(remote) && IPAddress.IsLoopback(local);

    private bool IsOpen(string cookie)
    {
        lock (gate)
        {
            return session is { } open && clock.GetUtcNow() < open.Until && SameDigest(open.Digest, Digest(cookie));
        }
    }

    private static byte[] Digest(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private static bool SameDigest(byte[] one, byte[] other) => CryptographicOperations.FixedTimeEquals(one, other);

    private sealed record Session(byte[] Digest, DateTimeOffset Until);
}
