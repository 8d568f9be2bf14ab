using System.Security.Cryptography;
using System.Text;
using Pki.Protocols.Trust;

namespace Ca.Core.EndEntities;

/// <summary>
/// Secrets that protect nothing: none at all, and those legacy installations shipped with (FLAWS D9, E2). They are neither
/// set nor accepted, and their hashes are not taken over.
/// </summary>
internal static class WellKnownSecrets
{
    private const int MostCost = 10; // bcrypt: the whole list takes less than a second

    private static readonly string[] Words = ["", LegacyDefaults.Password, "foo", "password", "changeit", "ejbca", "secret", "123456", "12345678"];

    private static readonly HashSet<string> Sha1 = new(Words.Select(word => Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(word)))), StringComparer.OrdinalIgnoreCase);

    /// <summary>In any case and with any blanks around it, which legacy hashes do not have either.</summary>
    public static bool Has(Secret secret) => secret.LendText(text => Words.Contains(text.Trim(), StringComparer.OrdinalIgnoreCase));

    /// <summary>A SHA-1 hash of such a secret.</summary>
    public static bool HasSha1(string hash) => Sha1.Contains(hash);

    /// <summary>A bcrypt hash of such a secret, found by trying: one of a high cost is not tried.</summary>
    public static bool HasBcrypt(string hash) => Bcrypt.CanVerify(hash) && Bcrypt.Cost(hash) <= MostCost && Array.Exists(Words, word => IsOf(hash, word));

    private static bool IsOf(string hash, string word)
    {
        using Secret secret = Secret.FromText(word);
        return Bcrypt.Matches(secret, hash);
    }
}
