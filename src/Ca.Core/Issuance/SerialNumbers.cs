using System.Security.Cryptography;

namespace Ca.Core.Issuance;

/// <summary>Serial numbers: random, positive, never zero (RFC 5280 §4.1.2.2; CA_CORE §2.2).</summary>
internal static class SerialNumbers
{
    /// <summary>Big-endian octets of exactly this length: the top bit is clear, the next one set, so DER needs as many.</summary>
    public static byte[] Next(int octets)
    {
        byte[] serial = RandomNumberGenerator.GetBytes(octets);
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40);
        return serial;
    }
}
