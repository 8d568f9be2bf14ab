using System.Formats.Asn1;

namespace Pki.Protocols.Asn1;

/// <summary>
/// Thrown by a decoder when a stranger's value is well formed so far but beyond a limit of size or count;
/// <see cref="Der"/> turns it into <see cref="Trust.RefusalCode.TooLarge"/>.
/// </summary>
public sealed class LimitExceededException(string message) : AsnContentException(message)
{
    /// <summary>Throws when <paramref name="actual"/> is more than <paramref name="limit"/>.</summary>
    public static void ThrowIfMore(int actual, int limit, string what)
    {
        if (actual > limit)
        {
            throw new LimitExceededException($"{what}: {actual}, at most {limit} are accepted.");
        }
    }
}
