using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Pki.Migration.Sources;

/// <summary>A file that was opened once: whoever puts another one in its place later is not read.</summary>
internal sealed class HeldFile(string path) : IDisposable
{
    private const int BufferSize = 256 * 1024;

    private readonly SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.SequentialScan);

    /// <summary>Reads it from an octet on; several may do so at once.</summary>
    public FileStream From(long position)
    {
        // Its own handle object over the same open file, so that closing the stream does not close the file.
        return new FileStream(new SafeFileHandle(handle.DangerousGetHandle(), ownsHandle: false), FileAccess.Read, bufferSize: 0, isAsync: false) { Position = position };
    }

    /// <summary>Lower-case hex of SHA-256 over all of it.</summary>
    /// <param name="look">Sees each piece of it, in order.</param>
    /// <param name="cancel">Cancels.</param>
    public async Task<string> DigestAsync(Action<ReadOnlySpan<byte>> look, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using FileStream file = From(0);
        byte[] buffer = new byte[BufferSize];
        for (int read; (read = await file.ReadAsync(buffer, cancel)) > 0;)
        {
            hash.AppendData(buffer, 0, read);
            look(buffer.AsSpan(0, read));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public void Dispose() => handle.Dispose();
}
