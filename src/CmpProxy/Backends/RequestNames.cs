using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ExtRa.Messages.Client;
using ExtRa.Messages.Store;
using Pki.Protocols.Cmp;

namespace CmpProxy.Backends;

/// <summary>
/// The names of a request's row (CMP-T-17): the transactionID, bound to alias and octets. The same octets find the same
/// row, on any proxy of the database; whoever has other octets finds nothing.
/// </summary>
internal static class RequestNames
{
    private const string NoTransaction = "none";

    /// <summary>The names.</summary>
    /// <param name="alias">Where it was sent.</param>
    /// <param name="message">The request.</param>
    /// <param name="nonce">Makes another row of the same message, where repetitions are the CA's affair or it had no time; empty otherwise.</param>
    public static RequestId Of(string alias, PkiMessage message, ReadOnlySpan<byte> nonce)
    {
        string id = message.Header.TransactionId is { } transaction ? Convert.ToHexStringLower(transaction.Span) : NoTransaction;
        return RequestId.For(MessageType.Cmp, id, Binding(alias, message.Encoded.Span, nonce));
    }

    /// <summary>SHA-256 of the PKIMessage: what the request means (ARCHITECTURE.md 3).</summary>
    public static string Digest(PkiMessage message) => Convert.ToHexStringLower(SHA256.HashData(message.Encoded.Span));

    /// <summary>SHA-256 of alias, length-prefixed, octets and nonce.</summary>
    public static byte[] Binding(string alias, ReadOnlySpan<byte> octets, ReadOnlySpan<byte> nonce)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] name = Encoding.UTF8.GetBytes(alias);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, name.Length);
        hash.AppendData(length);
        hash.AppendData(name);
        BinaryPrimitives.WriteInt32BigEndian(length, octets.Length);
        hash.AppendData(length);
        hash.AppendData(octets);
        hash.AppendData(nonce);
        return hash.GetHashAndReset();
    }
}
