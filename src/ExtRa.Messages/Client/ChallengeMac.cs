using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Pki.Protocols.Trust;

namespace ExtRa.Messages.Client;

/// <summary>
/// What stands in the database for a one-time challenge: a keyed MAC, so that who reads or steals the database can
/// neither use a challenge nor guess it (SCEP.md P-03). The front end computes it, and whoever issues challenges.
/// </summary>
public static class ChallengeMac
{
    /// <summary>The fewest bytes of a key.</summary>
    public const int MinKeyBytes = 32;

    /// <summary>HMAC-SHA-256 over the alias, length-prefixed, and the challenge: 64 lower-case hex digits.</summary>
    public static string Of(Secret key, string alias, Secret challenge) => key.Lend(keyBytes =>
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, keyBytes);
        byte[] name = Encoding.UTF8.GetBytes(alias);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, name.Length);
        mac.AppendData(length);
        mac.AppendData(name);
        challenge.Lend(bytes =>
        {
            mac.AppendData(bytes);
            return true;
        });
        return Convert.ToHexStringLower(mac.GetHashAndReset());
    });
}
