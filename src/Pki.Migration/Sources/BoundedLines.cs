namespace Pki.Migration.Sources;

/// <summary>The lines of a file. Of one that is longer than a limit nothing is kept.</summary>
internal sealed class BoundedLines(Stream stream, int limit) : IAsyncDisposable
{
    private readonly byte[] buffer = new byte[256 * 1024];
    private readonly MemoryStream line = new();
    private int at;
    private int filled;
    private bool isTooLong;

    /// <summary>How much of the file lies behind, 0 to 1.</summary>
    public double Share => stream.Length == 0 ? 1 : (double)(stream.Position - (filled - at)) / stream.Length;

    /// <summary>The next line; null at the end.</summary>
    public async ValueTask<Line?> NextAsync(CancellationToken cancel)
    {
        line.SetLength(0);
        isTooLong = false;
        while (true)
        {
            if (at == filled)
            {
                (at, filled) = (0, await stream.ReadAsync(buffer, cancel));
                if (filled == 0)
                {
                    return line.Length == 0 && !isTooLong ? null : Whole();
                }
            }

            int end = buffer.AsSpan(at, filled - at).IndexOf((byte)'\n');
            int length = end < 0 ? filled - at : end;
            Keep(buffer.AsSpan(at, length));
            at += end < 0 ? length : length + 1;
            if (end >= 0)
            {
                return Whole();
            }
        }
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private void Keep(ReadOnlySpan<byte> octets)
    {
        isTooLong |= line.Length + octets.Length > limit;
        if (!isTooLong)
        {
            line.Write(octets);
        }
    }

    private Line Whole() => new(isTooLong ? default : new ReadOnlyMemory<byte>(line.GetBuffer(), 0, (int)line.Length), isTooLong);

    /// <summary>One line without its end, good until the next is asked for.</summary>
    /// <param name="Octets">What is in it; nothing where it is too long.</param>
    /// <param name="IsTooLong">It is longer than the limit.</param>
    internal readonly record struct Line(ReadOnlyMemory<byte> Octets, bool IsTooLong);
}
