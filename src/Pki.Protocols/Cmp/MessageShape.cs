using System.Formats.Asn1;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.Cmp;

/// <summary>
/// One linear walk over a stranger's octets before anything is decoded (CMP-T-13): definite lengths only, depth and
/// number of values bounded, nothing after the end. What stands inside is BER: fields of header and body may have
/// forms that DER forbids and real clients write (CMP-E-2).
/// </summary>
internal static class MessageShape
{
    // An entry of a CRL, of which answers are full, has seven values in 37 octets.
    private const int OctetsOfAValue = 3;

    /// <param name="message">The octets.</param>
    /// <param name="maxLength">How many the caller accepts; they are no more.</param>
    public static void Check(ReadOnlySpan<byte> message, int maxLength)
    {
        int maxElements = Math.Max(CmpLimits.MaxElements, maxLength / OctetsOfAValue);
        Span<int> ends = stackalloc int[CmpLimits.MaxDepth];
        int depth = 0;
        int elements = 0;
        for (int at = 0; at < message.Length;)
        {
            (bool constructed, int length, int header) = ReadHeader(message[at..]);
            at += header;
            int end = at + length;
            if (end > (depth > 0 ? ends[depth - 1] : message.Length))
            {
                throw new AsnContentException("A value reaches beyond the one around it.");
            }

            LimitExceededException.ThrowIfMore(++elements, maxElements, "Values in a message");
            if (constructed)
            {
                LimitExceededException.ThrowIfMore(depth + 1, CmpLimits.MaxDepth, "Nesting");
                ends[depth++] = end;
            }
            else
            {
                at = end;
            }

            while (depth > 0 && at == ends[depth - 1])
            {
                depth--;
            }

            if (depth == 0 && at < message.Length)
            {
                throw new AsnContentException("There is something after the message.");
            }
        }

        if (depth > 0)
        {
            throw new AsnContentException("A value ends too early.");
        }
    }

    private static (bool Constructed, int Length, int HeaderLength) ReadHeader(ReadOnlySpan<byte> from)
    {
        if (!Asn1Tag.TryDecode(from, out Asn1Tag tag, out int tagLength))
        {
            throw new AsnContentException("A tag cannot be read.");
        }

        // In BER mode an indefinite length comes back as null; a length of more than four octets not at all.
        return AsnDecoder.TryDecodeLength(from[tagLength..], AsnEncodingRules.BER, out int? length, out int lengthLength) && length is { } known
            && known <= from.Length - tagLength - lengthLength
                ? (tag.IsConstructed, known, tagLength + lengthLength)
                : throw new AsnContentException("A length is indefinite or too long.");
    }
}
