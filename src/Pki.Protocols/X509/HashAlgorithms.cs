using System.Security.Cryptography;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.X509;

/// <summary>
/// The digests this product computes, by name and by OID. MD5 and SHA-1 are known here because old clients use
/// them; whether they are welcome is a policy's question (SCEP.md S-07). SHA-224 the platform does not compute.
/// </summary>
public static class HashAlgorithms
{
    /// <summary>The digest of an OID; null for one that is not computed here.</summary>
    public static HashAlgorithmName? FromOid(string oid) => oid switch
    {
        Oids.Md5 => HashAlgorithmName.MD5,
        Oids.Sha1 => HashAlgorithmName.SHA1,
        Oids.Sha256 => HashAlgorithmName.SHA256,
        Oids.Sha384 => HashAlgorithmName.SHA384,
        Oids.Sha512 => HashAlgorithmName.SHA512,
        _ => null,
    };

    /// <summary>The OID of a digest.</summary>
    public static string ToOid(HashAlgorithmName hash) => hash.Name switch
    {
        "MD5" => Oids.Md5,
        "SHA1" => Oids.Sha1,
        "SHA256" => Oids.Sha256,
        "SHA384" => Oids.Sha384,
        "SHA512" => Oids.Sha512,
        _ => throw new ArgumentException($"The digest '{hash.Name}' is not known here.", nameof(hash)),
    };

    /// <summary>How many octets the digest has.</summary>
    public static int SizeInBytes(HashAlgorithmName hash) => hash.Name switch
    {
        "MD5" => MD5.HashSizeInBytes,
        "SHA1" => SHA1.HashSizeInBytes,
        "SHA256" => SHA256.HashSizeInBytes,
        "SHA384" => SHA384.HashSizeInBytes,
        "SHA512" => SHA512.HashSizeInBytes,
        _ => throw new ArgumentException($"The digest '{hash.Name}' is not known here.", nameof(hash)),
    };

    /// <summary>The digest of the data.</summary>
    public static byte[] Compute(HashAlgorithmName hash, ReadOnlySpan<byte> data) => CryptographicOperations.HashData(hash, data);
}
