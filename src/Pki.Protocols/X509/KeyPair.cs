using System.Globalization;
using System.Security.Cryptography;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.X509;

/// <summary>
/// A private key, loaded once and held for the life of the process: an import costs as much as two signatures.
/// </summary>
/// <remarks>
/// One instance serves all threads. The BCL does not promise that for RSA and ECDsa, but on OpenSSL their handle is
/// set once, at construction here (the public key is read in the constructor, which forces it), and each operation
/// makes its own EVP_PKEY_CTX over an EVP_PKEY that OpenSSL documents as shareable for reading; RSA blinding is
/// locked inside OpenSSL. KeyPairTests signs and decrypts on all cores at once to keep that true. Keys of a token
/// handed to <see cref="FromRsa"/> or <see cref="FromEc"/> must be safe for concurrent use themselves.
/// </remarks>
public sealed class KeyPair : IDisposable
{
    private readonly RSA? rsa;
    private readonly ECDsa? ecdsa;
    private readonly ECDiffieHellman? ecdh;

    private KeyPair(RSA rsa)
    {
        this.rsa = rsa;
        Public = SubjectPublicKey.FromRsa(rsa);
    }

    private KeyPair(ECDsa ecdsa, ECDiffieHellman? ecdh)
    {
        this.ecdsa = ecdsa;
        this.ecdh = ecdh;
        Public = SubjectPublicKey.FromEc(ecdsa);
    }

    /// <summary>The public half.</summary>
    public SubjectPublicKey Public { get; }

    /// <summary>RSA, as opposed to EC.</summary>
    public bool IsRsa => rsa is not null;

    /// <summary>Makes a new key.</summary>
    /// <param name="keySpec">RSA2048 to RSA8192 in steps of 1024 (or the bare number), or P-256, P-384, P-521 or a curve's SEC or X9.62 name.</param>
    public static KeyPair Generate(string keySpec)
    {
        if (!KeySpec.TryParse(keySpec, out int rsaBits, out string? curveOid))
        {
            throw new ArgumentException($"'{keySpec}' names no kind of key: RSA2048 to RSA8192, P-256, P-384, P-521.", nameof(keySpec));
        }

        return curveOid is null ? new(RSA.Create(rsaBits)) : FromEc(ECDsa.Create(ECCurve.CreateFromValue(curveOid)));
    }

    /// <summary>True when <see cref="Generate"/> understands the text.</summary>
    public static bool IsKeySpec(string keySpec) => KeySpec.TryParse(keySpec, out _, out _);

    /// <summary>Takes over an RSA key and disposes it in the end.</summary>
    public static KeyPair FromRsa(RSA rsa) => new(rsa);

    /// <summary>Takes over an EC key and disposes it in the end. A key that does not leave its token signs but does not agree.</summary>
    public static KeyPair FromEc(ECDsa ecdsa)
    {
        try
        {
            ECParameters key = ecdsa.ExportParameters(includePrivateParameters: true);
            try
            {
                return new(ecdsa, ECDiffieHellman.Create(key));
            }
            finally
            {
                CryptographicOperations.ZeroMemory(key.D);
            }
        }
        catch (CryptographicException)
        {
            return new(ecdsa, ecdh: null);
        }
    }

    /// <summary>Imports PrivateKeyInfo (RFC 5208 §5) of an RSA or EC key.</summary>
    /// <exception cref="CryptographicException">It is neither.</exception>
    public static KeyPair FromPkcs8(ReadOnlySpan<byte> privateKeyInfo)
    {
        var asRsa = RSA.Create();
        try
        {
            asRsa.ImportPkcs8PrivateKey(privateKeyInfo, out _);
            return new(asRsa);
        }
        catch (CryptographicException)
        {
            asRsa.Dispose();
        }

        var ec = ECDsa.Create();
        ec.ImportPkcs8PrivateKey(privateKeyInfo, out _);
        return FromEc(ec);
    }

    /// <summary>Imports an unencrypted key in PEM: PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY (RFC 7468 §10).</summary>
    /// <exception cref="ArgumentException">There is no such key in the text, or more than one.</exception>
    public static KeyPair FromPem(string pem)
    {
        if (!pem.Contains("EC PRIVATE KEY", StringComparison.Ordinal))
        {
            var asRsa = RSA.Create();
            try
            {
                asRsa.ImportFromPem(pem);
                return new(asRsa);
            }
            catch (CryptographicException)
            {
                asRsa.Dispose(); // a PRIVATE KEY may hold an EC key as well
            }
        }

        var ec = ECDsa.Create();
        ec.ImportFromPem(pem);
        return FromEc(ec);
    }

    /// <summary>Signs data. PSS signatures carry a salt as long as the digest.</summary>
    public byte[] Sign(ReadOnlySpan<byte> data, SignatureAlgorithm algorithm) => SignDigest(HashAlgorithms.Compute(algorithm.Hash, data), algorithm);

    /// <summary>Signs data whose digest is there already.</summary>
    public byte[] SignDigest(ReadOnlySpan<byte> digest, SignatureAlgorithm algorithm) => (algorithm.Scheme, rsa, ecdsa) switch
    {
        (SignatureScheme.RsaPkcs1, { } key, _) => key.SignHash(digest, algorithm.Hash, RSASignaturePadding.Pkcs1),
        (SignatureScheme.RsaPss, { } key, _) when algorithm.SaltLength == digest.Length => key.SignHash(digest, algorithm.Hash, RSASignaturePadding.Pss),
        (SignatureScheme.Ecdsa, _, { } key) => key.SignHash(digest, DSASignatureFormat.Rfc3279DerSequence),
        _ => throw new ArgumentException($"A key of {Public.Description} does not sign with {algorithm}.", nameof(algorithm)),
    };

    /// <summary>PrivateKeyInfo (RFC 5208 §5) of a key that may leave; the caller wipes it.</summary>
    public byte[] ExportPkcs8() => rsa?.ExportPkcs8PrivateKey() ?? ecdsa!.ExportPkcs8PrivateKey();

    /// <summary>
    /// ECDH (RFC 5753 §7.1, SEC 1 §3.3.1): the x-coordinate of the shared point, as long as the curve's field.
    /// </summary>
    /// <exception cref="CryptographicException">The other key is not an EC key on the same curve, or this one cannot agree.</exception>
    public byte[] AgreeEcdh(SubjectPublicKey other)
    {
        if (ecdh is null || other.CurveOid != Public.CurveOid)
        {
            throw new CryptographicException("Both keys of an agreement must be EC keys on the same curve.");
        }

        using ECDiffieHellman theirs = other.ToEcdh() ?? throw new CryptographicException("The other key of an agreement is not a point of its curve.");
        return ecdh.DeriveRawSecretAgreement(theirs.PublicKey);
    }

    /// <summary>RSA decryption; null for every reason it may fail (SCEP.md E-07: the caller goes on with a random key).</summary>
    internal byte[]? Decrypt(ReadOnlySpan<byte> ciphertext, RSAEncryptionPadding padding)
    {
        try
        {
            return rsa?.Decrypt(ciphertext, padding);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        rsa?.Dispose();
        ecdsa?.Dispose();
        ecdh?.Dispose();
    }

    private static class KeySpec
    {
        public static bool TryParse(string text, out int rsaBits, out string? curveOid)
        {
            rsaBits = 0;
            curveOid = text.ToUpperInvariant() switch
            {
                "P-256" or "SECP256R1" or "PRIME256V1" => Oids.P256,
                "P-384" or "SECP384R1" => Oids.P384,
                "P-521" or "SECP521R1" => Oids.P521,
                _ => null,
            };
            string digits = text.StartsWith("RSA", StringComparison.OrdinalIgnoreCase) ? text[3..] : text;
            return curveOid is not null
                || (int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out rsaBits) && rsaBits is >= 2048 and <= 8192 && rsaBits % 1024 == 0);
        }
    }
}
