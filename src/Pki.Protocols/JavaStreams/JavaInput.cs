using System.Buffers.Binary;

namespace Pki.Protocols.JavaStreams;

/// <summary>The bytes of a stream, taken from front to back.</summary>
internal sealed class JavaInput(ReadOnlyMemory<byte> stream)
{
    public int Position { get; private set; }

    public bool IsAtEnd => Position == stream.Length;

    public byte Byte() => Take(1).Span[0];

    public byte Peek() => Position < stream.Length ? stream.Span[Position] : throw new JavaStreamException("The stream ends too early.");

    public ushort UInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(sizeof(ushort)).Span);

    public uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(sizeof(uint)).Span);

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(sizeof(int)).Span);

    public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Take(sizeof(long)).Span);

    /// <summary>Bytes that are there; a length beyond the end is refused before anything is reserved for it.</summary>
    public ReadOnlyMemory<byte> Take(long count)
    {
        if (count < 0 || count > stream.Length - Position)
        {
            throw new JavaStreamException($"{count} bytes are announced, {stream.Length - Position} are left.");
        }

        ReadOnlyMemory<byte> taken = stream.Slice(Position, (int)count);
        Position += (int)count;
        return taken;
    }

    /// <summary>A name or text with its length in two bytes.</summary>
    public string Utf() => Text(UInt16());

    /// <summary>A text of a length.</summary>
    public string Text(long length) =>
        ModifiedUtf8.Decode(Take(length).Span) ?? throw new JavaStreamException("A text is not in modified UTF-8.");
}
