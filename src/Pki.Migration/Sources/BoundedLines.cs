namespace Pki.Migration.Sources;

/// <summary>The lines of a file, none longer than a limit.</summary>
internal sealed class BoundedLines(Stream stream, int limit) : IAsyncDisposable
{
    private readonly byte[] buffer = new byte[256 * 1024];
    private readonly MemoryStream line = new();
    private int at;
    private int filled;
    private long number;

    /// <summary>How much of the file lies behind, 0 to 1.</summary>
    public double Share => stream.Length == 0 ? 1 : (double)(stream.Position - (filled - at)) / stream.Length;

    /// <summary>The next line without its end, good until the next call; null at the end.</summary>
    /// <exception cref="LegacyFormatException">It is too long.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> NextAsync(CancellationToken cancel)
    {
        line.SetLength(0);
        number++;
        while (true)
        {
            if (at == filled)
            {
                (at, filled) = (0, await stream.ReadAsync(buffer, cancel));
                if (filled == 0)
                {
                    return line.Length == 0 ? null : Whole();
                }
            }

            int end = buffer.AsSpan(at, filled - at).IndexOf((byte)'\n');
            int length = end < 0 ? filled - at : end;
            if (line.Length + length > limit)
            {
                throw new LegacyFormatException($"Line {number} is longer than {limit} octets.");
            }

            line.Write(buffer.AsSpan(at, length));
            at += end < 0 ? length : length + 1;
            if (end >= 0)
            {
                return Whole();
            }
        }
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    // null converts to an empty ReadOnlyMemory and not to no value, so the type is said here.
    private ReadOnlyMemory<byte>? Whole() => new ReadOnlyMemory<byte>(line.GetBuffer(), 0, (int)line.Length);
}
