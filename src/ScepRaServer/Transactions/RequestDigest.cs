using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Pki.Protocols.X509;

namespace ScepRaServer.Transactions;

/// <summary>
/// Digest of what a request means: name, key and extensions. Neither its signature nor its challenge counts, so a
/// request that was signed anew is the same request (SCEP.md T-05, T-08).
/// </summary>
internal static class RequestDigest
{
    /// <summary>64 lower-case hex digits.</summary>
    public static string Of(string alias, CertificationRequest request)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, Encoding.UTF8.GetBytes(alias));
        Append(hash, request.Subject.Encoded.Span);
        Append(hash, request.PublicKey.Sha256());
        foreach (CertificateExtension extension in request.RequestedExtensions.OrderBy(e => e.Oid, StringComparer.Ordinal))
        {
            Append(hash, Encoding.ASCII.GetBytes(extension.Oid));
            Append(hash, [extension.Critical ? (byte)1 : (byte)0]);
            Append(hash, extension.Value.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, part.Length);
        hash.AppendData(length);
        hash.AppendData(part);
    }
}
