using System.Collections.Frozen;
using System.Security.Cryptography;
using Pki.Protocols.Cms;
using Pki.Protocols.Scep;
using ScepRaServer.Configuration;

namespace ScepRaServer.Policies;

/// <summary>Which algorithms an alias accepts, out of its options (SCEP.md section 18).</summary>
internal static class AlgorithmPolicies
{
    /// <summary>The policy of an alias.</summary>
    public static ScepAlgorithmPolicy Of(AliasOptions options)
    {
        List<HashAlgorithmName> digests = [.. DigestPolicy.Strict.Allowed];
        List<ContentCipher> ciphers = [ContentCipher.Aes128Cbc, ContentCipher.Aes192Cbc, ContentCipher.Aes256Cbc];
        if (options.AllowSha1)
        {
            digests.Add(HashAlgorithmName.SHA1);
        }

        if (options.AllowTripleDes)
        {
            ciphers.Add(ContentCipher.TripleDesCbc);
        }

        if (options.Legacy)
        {
            digests.Add(HashAlgorithmName.MD5);
            ciphers.Add(ContentCipher.DesCbc);
        }

        return new()
        {
            Digests = new DigestPolicy(digests),
            Ciphers = ciphers.ToFrozenSet(),
            MinRsaBits = options.MinRsaBits,
            AllowMissingSenderNonce = options.AllowMissingSenderNonce,
        };
    }

    /// <summary>True for what RFC 8894 §2.9 forbids; each such request is logged (SCEP.md X-01).</summary>
    public static bool IsLegacy(ScepEnvelope envelope) => envelope.Digest == HashAlgorithmName.MD5 || envelope.Cipher == ContentCipher.DesCbc;
}
