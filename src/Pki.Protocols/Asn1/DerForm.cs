using System.Buffers;
using System.Buffers.Binary;
using System.Formats.Asn1;

namespace Pki.Protocols.Asn1;

/// <summary>
/// Turns BER into DER: definite and shortest lengths, strings in one piece (X.690 §10). The order of a SET stays
/// as it came: an unsorted multi-valued RDN is a name that must be copied, not corrected.
/// </summary>
internal static class DerForm
{
    private const int MaxDepth = 32;

    private static readonly AsnReaderOptions Unsorted = new() { SkipSetSortOrderVerification = true };

    /// <summary>One value in DER; the same memory when it already is.</summary>
    public static ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> encoded)
    {
        var output = new ArrayBufferWriter<byte>(encoded.Length);
        var reader = new AsnReader(encoded, AsnEncodingRules.BER, Unsorted);
        Copy(reader, output, 0);
        reader.ThrowIfNotEmpty();
        return output.WrittenSpan.SequenceEqual(encoded.Span) ? encoded : output.WrittenMemory;
    }

    private static void Copy(AsnReader reader, ArrayBufferWriter<byte> output, int depth)
    {
        LimitExceededException.ThrowIfMore(depth, MaxDepth, "Nesting");
        Asn1Tag tag = reader.PeekTag();
        if (!tag.IsConstructed)
        {
            Write(output, tag, reader.PeekContentBytes().Span);
        }
        else if (IsString(tag))
        {
            Write(output, new Asn1Tag((UniversalTagNumber)tag.TagValue), InOnePiece(reader, tag, depth).Span);
        }
        else
        {
            var contents = new ArrayBufferWriter<byte>();
            var children = new AsnReader(reader.PeekContentBytes(), AsnEncodingRules.BER, Unsorted);
            while (children.HasData)
            {
                Copy(children, contents, depth + 1);
            }

            Write(output, tag, contents.WrittenSpan);
        }

        reader.ReadEncodedValue();
    }

    private static bool IsString(Asn1Tag tag) =>
        tag.TagClass == TagClass.Universal && tag.TagValue is 3 or 4 or 12 or (>= 18 and <= 30);

    private static ReadOnlyMemory<byte> InOnePiece(AsnReader reader, Asn1Tag tag, int depth)
    {
        LimitExceededException.ThrowIfMore(depth, MaxDepth, "Nesting");
        var joined = new ArrayBufferWriter<byte>();
        if (tag.HasSameClassAndValue(Asn1Tag.PrimitiveBitString))
        {
            byte[] bits = new AsnReader(reader.PeekEncodedValue(), AsnEncodingRules.BER).ReadBitString(out int unused);
            joined.Write([(byte)unused]);
            joined.Write(bits);
            return joined.WrittenMemory;
        }

        var pieces = new AsnReader(reader.PeekContentBytes(), AsnEncodingRules.BER, Unsorted);
        while (pieces.HasData)
        {
            Asn1Tag piece = pieces.PeekTag();
            joined.Write((piece.IsConstructed ? InOnePiece(pieces, piece, depth + 1) : pieces.PeekContentBytes()).Span);
            pieces.ReadEncodedValue();
        }

        return joined.WrittenMemory;
    }

    private static void Write(ArrayBufferWriter<byte> output, Asn1Tag tag, ReadOnlySpan<byte> contents)
    {
        output.Advance(tag.Encode(output.GetSpan(tag.CalculateEncodedSize())));
        if (contents.Length < 0x80)
        {
            output.Write([(byte)contents.Length]);
        }
        else
        {
            Span<byte> length = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32BigEndian(length, contents.Length);
            ReadOnlySpan<byte> shortest = length.TrimStart((byte)0);
            output.Write([(byte)(0x80 | shortest.Length)]);
            output.Write(shortest);
        }

        output.Write(contents);
    }
}
