using Pki.Protocols.Trust;

namespace Pki.Protocols.Cms;

/// <summary>
/// What decryption left, right or wrong. A protocol that answers strangers decodes <see cref="Octets"/> in any case
/// and looks at <see cref="IsIntact"/> last, so that wrong padding takes the path of wrong content (SCEP.md E-07).
/// </summary>
/// <param name="Octets">The content, or rubbish.</param>
/// <param name="IsIntact">False when key or padding were wrong.</param>
internal sealed record BlindContent(byte[] Octets, bool IsIntact)
{
    /// <summary>Reads the octets in any case; whatever is wrong, with them or with the decryption, has one code.</summary>
    public Outcome<T> Read<T>(Func<byte[], Outcome<T>> read)
        where T : class
    {
        bool isRead = read(Octets).Succeeded(out T? value, out Refusal? refusal);
        return isRead & IsIntact ? value! : new Refusal(RefusalCode.DecryptionFailed, $"The content does not decrypt, or is not what it must be: {refusal?.ToString() ?? "key or padding are wrong."}");
    }
}
