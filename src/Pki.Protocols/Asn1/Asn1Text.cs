using System.Buffers.Binary;
using System.Formats.Asn1;
using System.Text;

namespace Pki.Protocols.Asn1;

/// <summary>
/// Character strings as strangers write them. Lenient where the meaning is plain: an @ in a PrintableString, UTF-8
/// or Latin-1 in a T61String, a UniversalString, which the BCL does not read at all.
/// </summary>
internal static class Asn1Text
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly UnicodeEncoding StrictUtf16 = new(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true);

    /// <summary>True for a tag that <see cref="Read"/> understands.</summary>
    public static bool IsText(Asn1Tag tag) => tag.TagClass == TagClass.Universal && (UniversalTagNumber)tag.TagValue is
        UniversalTagNumber.UTF8String or UniversalTagNumber.PrintableString or UniversalTagNumber.IA5String or UniversalTagNumber.BMPString
        or UniversalTagNumber.T61String or UniversalTagNumber.UniversalString or UniversalTagNumber.NumericString or UniversalTagNumber.VisibleString;

    /// <summary>True when the text has only characters a UTF-16 string can have in UTF-8: no half of a pair alone.</summary>
    public static bool IsWellFormed(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]))
            {
                if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                {
                    return false;
                }

                i++;
            }
        }

        return true;
    }

    /// <summary>Reads a string of whichever type comes.</summary>
    public static string Read(AsnReader reader)
    {
        Asn1Tag tag = reader.PeekTag();
        if (!IsText(tag))
        {
            throw new AsnContentException("A character string is expected here.");
        }

        ReadOnlySpan<byte> contents = Contents(reader, tag).Span;
        try
        {
            return (UniversalTagNumber)tag.TagValue switch
            {
                UniversalTagNumber.UTF8String => StrictUtf8.GetString(contents),
                UniversalTagNumber.BMPString => FromBmp(contents),
                UniversalTagNumber.UniversalString => FromUniversal(contents),
                _ => FromOctets(contents),
            };
        }
        catch (DecoderFallbackException e)
        {
            throw new AsnContentException("A character string is not in its own encoding.", e);
        }
    }

    private static ReadOnlyMemory<byte> Contents(AsnReader reader, Asn1Tag tag)
    {
        if (!tag.IsConstructed)
        {
            ReadOnlyMemory<byte> contents = reader.PeekContentBytes();
            reader.ReadEncodedValue();
            return contents;
        }

        byte[] joined = new byte[reader.PeekContentBytes().Length];
        return reader.TryReadCharacterStringBytes(joined, tag, out int written)
            ? joined.AsMemory(0, written)
            : throw new AsnContentException("A character string in pieces does not fit together.");
    }

    private static string FromOctets(ReadOnlySpan<byte> contents)
    {
        try
        {
            return StrictUtf8.GetString(contents);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(contents);
        }
    }

    private static string FromBmp(ReadOnlySpan<byte> contents) =>
        contents.Length % 2 == 0 ? StrictUtf16.GetString(contents) : throw new AsnContentException("A character string: odd length.");

    private static string FromUniversal(ReadOnlySpan<byte> contents)
    {
        if (contents.Length % 4 != 0)
        {
            throw new AsnContentException("A character string: length not a multiple of four.");
        }

        var text = new StringBuilder(contents.Length / 4);
        for (; !contents.IsEmpty; contents = contents[4..])
        {
            int scalar = BinaryPrimitives.ReadInt32BigEndian(contents);
            text.Append(Rune.IsValid(scalar) ? new Rune(scalar).ToString() : throw new AsnContentException("A character string: no character."));
        }

        return text.ToString();
    }
}
