using System.Formats.Asn1;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.Cms;

/// <summary>
/// Bounds the depth of a stranger's BER before any decoder descends into it (SCEP.md L-01): one walk, linear, with a
/// stack of fixed size. What is not BER at all ends the walk quietly; the decoder says so better.
/// </summary>
internal static class Nesting
{
    public const int MaxDepth = 32;

    private const int UntilEndOfContents = -1;

    public static void ThrowIfTooDeep(ReadOnlySpan<byte> encoded)
    {
        Span<int> ends = stackalloc int[MaxDepth];
        int depth = 0;
        int at = 0;
        while (at < encoded.Length)
        {
            if (depth > 0 && ends[depth - 1] == UntilEndOfContents && encoded[at..] is [0, 0, ..])
            {
                at += 2;
                depth--;
            }
            else if (!TryReadHeader(encoded[at..], out bool constructed, out int? length, out int headerLength))
            {
                return;
            }
            else
            {
                at += headerLength;
                if (constructed)
                {
                    LimitExceededException.ThrowIfMore(depth + 1, MaxDepth, "Nesting");
                    ends[depth++] = length is { } known ? at + known : UntilEndOfContents;
                }
                else
                {
                    at += length ?? 0;
                }
            }

            while (depth > 0 && ends[depth - 1] >= 0 && at >= ends[depth - 1])
            {
                depth--;
            }
        }
    }

    private static bool TryReadHeader(ReadOnlySpan<byte> from, out bool constructed, out int? length, out int headerLength)
    {
        length = null;
        headerLength = 0;
        constructed = false;
        if (!Asn1Tag.TryDecode(from, out Asn1Tag tag, out int tagLength)
            || !AsnDecoder.TryDecodeLength(from[tagLength..], AsnEncodingRules.BER, out length, out int lengthLength)
            || length > from.Length - tagLength - lengthLength
            || (length is null && !tag.IsConstructed))
        {
            return false;
        }

        constructed = tag.IsConstructed;
        headerLength = tagLength + lengthLength;
        return true;
    }
}
