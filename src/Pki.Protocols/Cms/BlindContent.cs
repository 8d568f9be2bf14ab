namespace Pki.Protocols.Cms;

/// <summary>
/// What decryption left, right or wrong. A protocol that answers strangers decodes <see cref="Octets"/> in any case
/// and looks at <see cref="IsIntact"/> last, so that wrong padding takes the path of wrong content (SCEP.md E-07).
/// </summary>
/// <param name="Octets">The content, or rubbish.</param>
/// <param name="IsIntact">False when key or padding were wrong.</param>
internal sealed record BlindContent(byte[] Octets, bool IsIntact);
