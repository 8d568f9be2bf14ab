using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ExtRa.Messages.Store;

namespace ExtRa.Messages.Contract;

/// <summary>The keys of native rows (ARCHITECTURE.md 3).</summary>
public static class MessageIds
{
    /// <summary>What every native uniqueId begins with; legacy ids are decimal numbers and never collide with it.</summary>
    public const string NativePrefix = "x2-";

    /// <summary>
    /// <c>x2-</c> and the SHA-256 of (type, messageId, requester binding), each length-prefixed so that no two triples
    /// share an encoding. Who cannot show the binding again computes another id and finds nothing.
    /// </summary>
    public static string UniqueId(MessageType type, string messageId, ReadOnlySpan<byte> requesterBinding)
    {
        byte[] id = Encoding.UTF8.GetBytes(messageId);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(number, (int)type);
        hash.AppendData(number);
        BinaryPrimitives.WriteInt32BigEndian(number, id.Length);
        hash.AppendData(number);
        hash.AppendData(id);
        hash.AppendData(requesterBinding);
        return NativePrefix + Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>SHA-256 of a message column: what an answer names as <c>inReplyTo</c> and the inbox is keyed by.</summary>
    public static byte[] ColumnHash(string column) => SHA256.HashData(Encoding.UTF8.GetBytes(column));
}
