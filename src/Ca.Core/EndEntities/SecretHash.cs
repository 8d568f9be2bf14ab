using System.Globalization;
using System.Security.Cryptography;
using Pki.Protocols.Trust;

namespace Ca.Core.EndEntities;

/// <summary>
/// How an end entity's secret is kept: <c>pbkdf2-sha256$iterations$salt$hash</c>, PBKDF2 with HMAC-SHA-256 (RFC 8018).
/// </summary>
internal static class SecretHash
{
    private const string Scheme = "pbkdf2-sha256";
    private const int SaltSize = 16;
    private const int HashSize = 32;

    public static string Create(Secret secret, int iterations)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SaltSize);
        byte[] hash = Derive(secret, salt, iterations);
        return string.Create(CultureInfo.InvariantCulture, $"{Scheme}${iterations}${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}");
    }

    /// <summary>False also for a missing or unreadable hash, after the same work, so that time tells nothing.</summary>
    public static bool Matches(Secret secret, string? stored, int iterations)
    {
        string[] parts = stored?.Split('$') ?? [];
        if (parts.Length != 4 || parts[0] != Scheme || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int its) || its < 1)
        {
            Derive(secret, new byte[SaltSize], iterations);
            return false;
        }

        return CryptographicOperations.FixedTimeEquals(
            Derive(secret, Convert.FromBase64String(parts[2]), its), Convert.FromBase64String(parts[3]));
    }

    private static byte[] Derive(Secret secret, byte[] salt, int iterations) =>
        secret.Lend(bytes => Rfc2898DeriveBytes.Pbkdf2(bytes, salt, iterations, HashAlgorithmName.SHA256, HashSize));
}
