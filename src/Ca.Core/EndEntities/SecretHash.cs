using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Pki.Protocols.Trust;

namespace Ca.Core.EndEntities;

/// <summary>
/// How an end entity's secret is kept: <c>pbkdf2-sha256$iterations$salt$hash</c>, PBKDF2 with HMAC-SHA-256 (RFC 8018).
/// Hashes of a legacy database (CA_CORE §7.1: bcrypt, or SHA-1 in hex) are accepted and replaced at their first use.
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

    /// <summary>A hash that another product made.</summary>
    public static bool IsLegacy(string? stored) => stored is not null && (IsSha1(stored) || Bcrypt.IsHash(stored));

    /// <summary>False also for a missing or unreadable hash, after the same work, so that time tells nothing.</summary>
    public static bool Matches(Secret secret, string? stored, int iterations)
    {
        if (IsLegacy(stored))
        {
            Derive(secret, new byte[SaltSize], iterations);
            return IsSha1(stored!) ? MatchesSha1(secret, stored!) : Bcrypt.Matches(secret, stored!);
        }

        string[] parts = stored?.Split('$') ?? [];
        if (parts.Length != 4 || parts[0] != Scheme || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int its) || its < 1)
        {
            Derive(secret, new byte[SaltSize], iterations);
            return false;
        }

        return CryptographicOperations.FixedTimeEquals(
            Derive(secret, Convert.FromBase64String(parts[2]), its), Convert.FromBase64String(parts[3]));
    }

    private static bool IsSha1(string stored) => stored.Length == 40 && stored.All(char.IsAsciiHexDigit);

    // Of the trimmed text.
    private static bool MatchesSha1(Secret secret, string stored) => secret.LendText(text =>
        CryptographicOperations.FixedTimeEquals(SHA1.HashData(Encoding.UTF8.GetBytes(text.Trim())), Convert.FromHexString(stored)));

    private static byte[] Derive(Secret secret, byte[] salt, int iterations) =>
        secret.Lend(bytes => Rfc2898DeriveBytes.Pbkdf2(bytes, salt, iterations, HashAlgorithmName.SHA256, HashSize));
}
