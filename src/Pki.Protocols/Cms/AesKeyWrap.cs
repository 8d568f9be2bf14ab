using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Pki.Protocols.Cms;

/// <summary>AES key wrap (RFC 3394 §2.2). The platform has only the padded variant of RFC 5649.</summary>
internal static class AesKeyWrap
{
    private const ulong InitialValue = 0xA6A6A6A6A6A6A6A6;
    private const int Half = 8;
    private const int Rounds = 6;

    /// <summary>§2.2.1. The key is a multiple of 8 octets, at least 16.</summary>
    public static byte[] Wrap(byte[] wrappingKey, ReadOnlySpan<byte> key)
    {
        using var aes = Aes.Create();
        aes.Key = wrappingKey;
        int n = key.Length / Half;
        byte[] wrapped = new byte[key.Length + Half];
        key.CopyTo(wrapped.AsSpan(Half));
        Span<byte> block = stackalloc byte[2 * Half];
        BinaryPrimitives.WriteUInt64BigEndian(block, InitialValue);
        for (int t = 1; t <= Rounds * n; t++)
        {
            Span<byte> register = wrapped.AsSpan(Half * (((t - 1) % n) + 1), Half);
            register.CopyTo(block[Half..]);
            aes.EncryptEcb(block, block, PaddingMode.None);
            BinaryPrimitives.WriteUInt64BigEndian(block, BinaryPrimitives.ReadUInt64BigEndian(block) ^ (ulong)t);
            block[Half..].CopyTo(register);
        }

        block[..Half].CopyTo(wrapped);
        return wrapped;
    }

    /// <summary>§2.2.2; null when the integrity check fails.</summary>
    public static byte[]? Unwrap(byte[] wrappingKey, ReadOnlySpan<byte> wrapped)
    {
        if (wrapped.Length is < 3 * Half or > 9 * Half || wrapped.Length % Half != 0)
        {
            return null;
        }

        using var aes = Aes.Create();
        aes.Key = wrappingKey;
        byte[] key = wrapped[Half..].ToArray();
        int n = key.Length / Half;
        Span<byte> block = stackalloc byte[2 * Half];
        wrapped[..Half].CopyTo(block);
        for (int t = Rounds * n; t >= 1; t--)
        {
            Span<byte> register = key.AsSpan(Half * ((t - 1) % n), Half);
            BinaryPrimitives.WriteUInt64BigEndian(block, BinaryPrimitives.ReadUInt64BigEndian(block) ^ (ulong)t);
            register.CopyTo(block[Half..]);
            aes.DecryptEcb(block, block, PaddingMode.None);
            block[Half..].CopyTo(register);
        }

        return BinaryPrimitives.ReadUInt64BigEndian(block) == InitialValue ? key : null;
    }
}
