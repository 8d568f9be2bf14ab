using System.Security.Cryptography;
using Pki.Protocols.Cms;

namespace Pki.Protocols.Scep;

/// <summary>The keywords of GetCACaps (RFC 8894 §3.5.2), in order.</summary>
public sealed class ScepCapabilities
{
    /// <summary>AES-128-CBC.</summary>
    public const string Aes = "AES";

    /// <summary>Triple DES in CBC.</summary>
    public const string Des3 = "DES3";

    /// <summary>A next CA certificate can be asked for.</summary>
    public const string GetNextCaCert = "GetNextCACert";

    /// <summary>PKIOperation by POST.</summary>
    public const string PostPkiOperation = "POSTPKIOperation";

    /// <summary>Renewal signed with the old certificate.</summary>
    public const string Renewal = "Renewal";

    /// <summary>AES, SHA-256 and POST together.</summary>
    public const string ScepStandard = "SCEPStandard";

    private static readonly (string Keyword, HashAlgorithmName Digest)[] Digests =
    [
        ("SHA-1", HashAlgorithmName.SHA1),
        ("SHA-256", HashAlgorithmName.SHA256),
        ("SHA-384", HashAlgorithmName.SHA384), // not in the RFC; strongSwan 5.9.8 believes AES only beside it (SCEP.md C-02)
        ("SHA-512", HashAlgorithmName.SHA512),
    ];

    private const int MaxKeywords = 64;

    private ScepCapabilities(IReadOnlyList<string> keywords) => Keywords = keywords;

    /// <summary>The keywords, in order.</summary>
    public IReadOnlyList<string> Keywords { get; }

    /// <summary>The strongest digest both sides know; SHA-1 when the server names none (RFC 8894 §3.5.2: only ancient ones do).</summary>
    public HashAlgorithmName StrongestDigest =>
        Has(ScepStandard) && !Has("SHA-512") && !Has("SHA-384") ? HashAlgorithmName.SHA256
        : Digests.Reverse().Where(each => Has(each.Keyword)).Select(each => each.Digest).FirstOrDefault(HashAlgorithmName.SHA1);

    /// <summary>The strongest cipher the server is sure to know.</summary>
    public ContentCipher StrongestCipher => Has(Aes) || Has(ScepStandard) ? ContentCipher.Aes128Cbc : ContentCipher.TripleDesCbc;

    /// <summary>True when PKIOperation may come by POST.</summary>
    public bool AllowsPost => Has(PostPkiOperation) || Has(ScepStandard);

    /// <summary>What a server with this policy can do (SCEP.md C-02, C-06, C-07).</summary>
    public static ScepCapabilities Of(ScepAlgorithmPolicy policy, bool renewal, bool nextCaCertificate)
    {
        bool aes = policy.Ciphers.Contains(ContentCipher.Aes128Cbc);
        List<string> keywords = [];
        Add(aes, Aes);
        Add(policy.Ciphers.Contains(ContentCipher.TripleDesCbc), Des3);
        Add(nextCaCertificate, GetNextCaCert);
        Add(true, PostPkiOperation);
        Add(renewal, Renewal);
        Add(aes && policy.Digests.Allows(HashAlgorithmName.SHA256), ScepStandard);
        foreach ((string keyword, HashAlgorithmName digest) in Digests)
        {
            Add(policy.Digests.Allows(digest), keyword);
        }

        return new(keywords);

        void Add(bool wanted, string keyword)
        {
            if (wanted)
            {
                keywords.Add(keyword);
            }
        }
    }

    /// <summary>Reads what a server answered; unknown keywords are kept.</summary>
    public static ScepCapabilities Parse(string text) =>
        new([.. text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(MaxKeywords)]);

    /// <summary>The same without some keywords, for an alias with clients that stumble over them (SCEP.md C-08).</summary>
    public ScepCapabilities Without(IEnumerable<string> keywords) => new([.. Keywords.Except(keywords, StringComparer.OrdinalIgnoreCase)]);

    /// <summary>True when the keyword is there, in any case.</summary>
    public bool Has(string keyword) => Keywords.Contains(keyword, StringComparer.OrdinalIgnoreCase);

    /// <summary>The body of the answer: one keyword per line (SCEP.md C-01).</summary>
    public override string ToString() => string.Concat(Keywords.Select(keyword => keyword + "\n"));
}
