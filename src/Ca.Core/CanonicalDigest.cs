using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Ca.Core;

/// <summary>
/// SHA-256 over fields that cannot run into each other: each is preceded by its length in four octets, big-endian; an
/// absent field has the length FFFFFFFF.
/// </summary>
internal sealed class CanonicalDigest : IDisposable
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public CanonicalDigest Add(string? field)
    {
        if (field is null)
        {
            Span<byte> absent = [0xFF, 0xFF, 0xFF, 0xFF];
            hash.AppendData(absent);
            return this;
        }

        return Add(Encoding.UTF8.GetBytes(field));
    }

    public CanonicalDigest Add(ReadOnlySpan<byte> field)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, field.Length);
        hash.AppendData(length);
        hash.AppendData(field);
        return this;
    }

    public byte[] Finish() => hash.GetHashAndReset();

    public void Dispose() => hash.Dispose();
}
