using System.Collections.Frozen;
using System.Security.Cryptography;
using Pki.Protocols.Cms;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Scep;

/// <summary>Which algorithms a SCEP party accepts (SCEP.md 18); the capabilities follow from it (C-06).</summary>
public sealed record ScepAlgorithmPolicy
{
    private const int MaxRsaBits = 16384;
    private const int MaxExponentBytes = 8;

    private static readonly FrozenSet<ContentCipher> Modern = new[] { ContentCipher.Aes128Cbc, ContentCipher.Aes192Cbc, ContentCipher.Aes256Cbc }.ToFrozenSet();
    private static readonly FrozenSet<ContentCipher> WithTripleDes = Modern.Append(ContentCipher.TripleDesCbc).ToFrozenSet();

    /// <summary>AES and 3DES, SHA-1 and better.</summary>
    public static ScepAlgorithmPolicy Default { get; } = new();

    /// <summary>With DES and MD5, for aliases of old devices only (SCEP.md X-01).</summary>
    public static ScepAlgorithmPolicy Legacy { get; } = new() { Digests = DigestPolicy.Legacy, Ciphers = WithTripleDes.Append(ContentCipher.DesCbc).ToFrozenSet() };

    /// <summary>Neither 3DES nor SHA-1 (SCEP.md X-03).</summary>
    public static ScepAlgorithmPolicy Strict { get; } = new() { Digests = DigestPolicy.Strict, Ciphers = Modern };

    /// <summary>Digests of messages and of the requests in them.</summary>
    public DigestPolicy Digests { get; init; } = DigestPolicy.WithSha1;

    /// <summary>Ciphers of the content.</summary>
    public IReadOnlySet<ContentCipher> Ciphers { get; init; } = WithTripleDes;

    /// <summary>The shortest RSA key of a signer, in bits (SCEP.md S-08).</summary>
    public int MinRsaBits { get; init; } = 2048;

    /// <summary>Accepts requests without senderNonce, and answers without recipientNonce (SCEP.md A-04).</summary>
    public bool AllowMissingSenderNonce { get; init; }

    /// <summary>The digest to sign a reply with: the request's, else one as old as the request (SCEP.md B-10, B-15).</summary>
    /// <param name="requested">The request's; null when it is not known here.</param>
    public HashAlgorithmName ReplyDigest(HashAlgorithmName? requested) => requested switch
    {
        { } digest when Digests.Allows(digest) => digest,
        { } digest when (digest == HashAlgorithmName.SHA1 || digest == HashAlgorithmName.MD5) && Digests.Allows(HashAlgorithmName.SHA1) => HashAlgorithmName.SHA1,
        _ => HashAlgorithmName.SHA256,
    };

    /// <summary>The cipher of a reply: the request's, else the nearest that every client of it knows (SCEP.md B-09).</summary>
    public ContentCipher ReplyCipher(ContentCipher requested) =>
        Ciphers.Contains(requested) ? requested
        : requested is ContentCipher.Aes192Cbc or ContentCipher.Aes256Cbc || !Ciphers.Contains(ContentCipher.TripleDesCbc) ? ContentCipher.Aes128Cbc
        : ContentCipher.TripleDesCbc;

    /// <summary>What is wrong with a signer's key; null when nothing is. A key that nothing can be encrypted to is no use (SCEP.md K-01).</summary>
    public Refusal? ObjectionTo(SubjectPublicKey signerKey)
    {
        if (!signerKey.IsRsa)
        {
            return new(RefusalCode.UnsupportedAlgorithm, $"The signer's key is {signerKey.Description}; only RSA keys can receive a SCEP reply.");
        }

        return signerKey.KeySizeBits < MinRsaBits || signerKey.KeySizeBits > MaxRsaBits || signerKey.RsaExponent.Length > MaxExponentBytes
            ? new(RefusalCode.WeakKey, $"The signer's RSA key has {signerKey.KeySizeBits} bits; {MinRsaBits} to {MaxRsaBits} are accepted.")
            : null;
    }
}
