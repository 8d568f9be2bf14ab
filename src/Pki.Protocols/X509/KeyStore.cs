namespace Pki.Protocols.X509;

/// <summary>A private key with its certificate and the certificates above it.</summary>
/// <param name="Key">The key; disposed with the store.</param>
/// <param name="Certificate">The key's certificate.</param>
/// <param name="Chain">The issuers, nearest first, the certificate itself not among them.</param>
public sealed record KeyStore(KeyPair Key, Certificate Certificate, IReadOnlyList<Certificate> Chain) : IDisposable
{
    /// <inheritdoc />
    public void Dispose() => Key.Dispose();
}
