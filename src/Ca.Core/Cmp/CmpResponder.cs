using Ca.Core.Authorities;
using Ca.Core.Keys;
using Pki.Protocols.Cmp;
using Pki.Protocols.X509;

namespace Ca.Core.Cmp;

/// <summary>Who signs an alias' answers.</summary>
/// <param name="Certificate">The signer's certificate.</param>
/// <param name="Chain">The certificates above it, the root last.</param>
public sealed record CmpSigner(Certificate Certificate, IReadOnlyList<Certificate> Chain);

/// <summary>
/// Signs answers with the CA's key or a key of its own (CMP-S-14). What is signed is always a ProtectedPart, which begins
/// with a SEQUENCE where a certificate or a CRL has an INTEGER or a tag: no answer can be taken for one of those.
/// </summary>
public sealed class CmpResponder(CryptoTokens tokens)
{
    /// <summary>Who will sign.</summary>
    public static CmpSigner SignerOf(CmpAlias alias, CertificateAuthority ca) => alias.Responder is { } responder
        ? new(Certificate.FromPem(responder.Certificate).OrThrow(), ca.Chain)
        : new(ca.Certificate, [.. ca.Chain.Skip(1)]);

    /// <summary>Makes a signed message (RFC 9810 §5.1.3.3).</summary>
    /// <exception cref="TokenOfflineException">The CA's token is not active.</exception>
    public async Task<PkiMessage> SignAsync(CmpAlias alias, CertificateAuthority ca, PkiHeader header, PkiBody body, IReadOnlyList<CmpCertificate> extraCerts, CancellationToken cancel)
    {
        string keyAlias = alias.Responder?.KeyAlias ?? ca.KeyAlias ?? throw new TokenOfflineException(ca.Name);
        KeyPair key = await tokens.KeyAsync(ca.TokenId ?? throw new TokenOfflineException(ca.Name), keyAlias, cancel);
        SignatureAlgorithm algorithm = alias.Responder is null && ca.SignatureAlgorithm is { } ofCa
            ? ofCa
            : SignatureAlgorithm.For(key.Public, System.Security.Cryptography.HashAlgorithmName.SHA256);
        return MessageProtection.Sign(header, body, key, algorithm, extraCerts);
    }
}
