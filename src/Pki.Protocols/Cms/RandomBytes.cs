namespace Pki.Protocols.Cms;

/// <summary>
/// Fills a span with random octets. The protocols own no randomness; a caller passes
/// <see cref="System.Security.Cryptography.RandomNumberGenerator.Fill"/>, a test whatever it wants to see again.
/// </summary>
public delegate void RandomBytes(Span<byte> destination);
