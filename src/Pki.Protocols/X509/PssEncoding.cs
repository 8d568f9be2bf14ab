using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Pki.Protocols.X509;

/// <summary>EMSA-PSS-VERIFY (RFC 8017 §9.1.2), its steps by number.</summary>
internal static class PssEncoding
{
    private const byte Trailer = 0xBC;

    public static bool Verify(ReadOnlySpan<byte> encoded, int bits, ReadOnlySpan<byte> digest, HashAlgorithmName hash, int saltLength)
    {
        int size = digest.Length;
        int maskedLength = encoded.Length - size - 1;
        // 3, 4: room for salt and digest, and the trailer.
        if (saltLength < 0 || saltLength > maskedLength - 1 || encoded[^1] != Trailer)
        {
            return false;
        }

        // 5, 6: the unused leading bits are zero.
        int used = 0xFF >> ((8 * encoded.Length) - bits);
        if ((encoded[0] & ~used) != 0)
        {
            return false;
        }

        // 7, 8, 9: unmask.
        ReadOnlySpan<byte> seed = encoded.Slice(maskedLength, size);
        byte[] block = Mgf1(seed, maskedLength, hash);
        for (int i = 0; i < block.Length; i++)
        {
            block[i] ^= encoded[i];
        }

        block[0] &= (byte)used;

        // 10: zeros, then a one, then the salt.
        int one = maskedLength - saltLength - 1;
        if (block.AsSpan(0, one).ContainsAnyExcept((byte)0) || block[one] != 0x01)
        {
            return false;
        }

        // 12, 13, 14: the digest of eight zeros, the message's digest and the salt.
        using var again = IncrementalHash.CreateHash(hash);
        again.AppendData(stackalloc byte[8]);
        again.AppendData(digest);
        again.AppendData(block, one + 1, saltLength);
        return again.GetHashAndReset().AsSpan().SequenceEqual(seed);
    }

    internal static byte[] Mgf1(ReadOnlySpan<byte> seed, int length, HashAlgorithmName hash)
    {
        byte[] mask = new byte[length];
        Span<byte> input = stackalloc byte[seed.Length + sizeof(int)];
        seed.CopyTo(input);
        int written = 0;
        for (int counter = 0; written < length; counter++)
        {
            BinaryPrimitives.WriteInt32BigEndian(input[seed.Length..], counter);
            byte[] part = CryptographicOperations.HashData(hash, input);
            int take = Math.Min(part.Length, length - written);
            part.AsSpan(0, take).CopyTo(mask.AsSpan(written));
            written += take;
        }

        return mask;
    }
}
