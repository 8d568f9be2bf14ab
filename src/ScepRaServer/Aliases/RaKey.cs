using Pki.Protocols.Scep;
using Pki.Protocols.X509;

namespace ScepRaServer.Aliases;

/// <summary>One generation of the RA's SCEP key: what signs answers, what opens requests, and the CA above it.</summary>
/// <param name="Signing">Signs answers.</param>
/// <param name="Decryption">Opens requests; the same object unless the two are apart (SCEP.md G-05).</param>
/// <param name="Chain">The issuing CA first, then those above it as far as they are known.</param>
internal sealed record RaKey(KeyStore Signing, KeyStore Decryption, IReadOnlyList<Certificate> Chain)
{
    /// <summary>The keys in the form the message codec takes.</summary>
    public ScepRaIdentity Identity { get; } = new(Decryption.Key, Decryption.Certificate, Signing.Key, Signing.Certificate);

    /// <summary>The CA that issues to the clients of this key.</summary>
    public Certificate Authority => Chain[0];

    /// <summary>The key is the CA's own: no RA certificate is in play (SCEP.md G-02, for test set-ups).</summary>
    public bool IsAuthorityItself => Signing.Certificate.Encoded.Span.SequenceEqual(Authority.Encoded.Span);

    /// <summary>The RA's certificates, the signing one first.</summary>
    public IReadOnlyList<Certificate> Certificates =>
        ReferenceEquals(Signing, Decryption) ? [Signing.Certificate] : [Signing.Certificate, Decryption.Certificate];
}
