using System.Text;

namespace Pki.Migration.Sources;

/// <summary>The octets of a dump one after the other, a piece of the file at a time in memory.</summary>
internal sealed class DumpText(Stream stream, long start)
{
    private const int BufferSize = 256 * 1024;

    private readonly byte[] buffer = new byte[BufferSize];
    private int at;
    private int filled;
    private long bufferStart = start;

    /// <summary>Where in the file it is.</summary>
    public long Position => bufferStart + at;

    /// <summary>What is in memory behind the position; empty only before <see cref="PeekAsync"/>.</summary>
    public ReadOnlySpan<byte> Ahead => buffer.AsSpan(at, filled - at);

    /// <summary>Goes on within <see cref="Ahead"/>.</summary>
    public void Pass(int octets) => at += octets;

    /// <summary>The next octet, left where it is; −1 at the end of the file.</summary>
    public ValueTask<int> PeekAsync(CancellationToken cancel) => at < filled ? new(buffer[at]) : FillAsync(cancel);

    /// <summary>Passes what is expected; false at the first octet that is another.</summary>
    public async ValueTask<bool> MatchesAsync(ReadOnlyMemory<byte> expected, CancellationToken cancel)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            if (await PeekAsync(cancel) != expected.Span[i])
            {
                return false;
            }

            at++;
        }

        return true;
    }

    /// <exception cref="LegacyFormatException">Something else is there.</exception>
    public async ValueTask ExpectAsync(string expected, string what, CancellationToken cancel)
    {
        if (!await MatchesAsync(Encoding.ASCII.GetBytes(expected), cancel))
        {
            throw Wrong($"no {what}");
        }
    }

    /// <summary>Passes one octet if it is this one.</summary>
    public async ValueTask<bool> TakeAsync(char expected, CancellationToken cancel)
    {
        bool there = await PeekAsync(cancel) == expected;
        at += there ? 1 : 0;
        return there;
    }

    public async ValueTask SkipBlanksAsync(CancellationToken cancel)
    {
        while (await PeekAsync(cancel) is ' ' or '\n' or '\r')
        {
            at++;
        }
    }

    /// <summary>Passes the rest of the line; false at the end of the file.</summary>
    public async ValueTask<bool> SkipLineAsync(CancellationToken cancel)
    {
        while (await PeekAsync(cancel) >= 0)
        {
            int end = Ahead.IndexOf((byte)'\n');
            at = end < 0 ? filled : at + end + 1;
            if (end >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A name up to the backtick behind it, which is passed.</summary>
    public async ValueTask<string> ReadNameAsync(CancellationToken cancel)
    {
        var name = new StringBuilder();
        for (int c; (c = await PeekAsync(cancel)) != '`'; at++)
        {
            if (c is < ' ' or > '~' || name.Length == RowLimits.Name)
            {
                throw Wrong("a name that does not end");
            }

            name.Append((char)c);
        }

        at++;
        return name.ToString();
    }

    public LegacyFormatException Wrong(string what) => new($"At octet {Position} of the dump there is {what}.");

    private async ValueTask<int> FillAsync(CancellationToken cancel)
    {
        bufferStart += filled;
        at = 0;
        filled = await stream.ReadAsync(buffer, cancel);
        return filled == 0 ? -1 : buffer[0];
    }
}
