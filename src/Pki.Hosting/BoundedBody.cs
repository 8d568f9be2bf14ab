using System.Buffers;
using System.IO.Pipelines;

namespace Pki.Hosting;

/// <summary>Reads the body of a call without ever holding more of it than is allowed.</summary>
public static class BoundedBody
{
    /// <returns>The body; null when it is larger.</returns>
    public static async Task<byte[]?> ReadAsync(PipeReader reader, int maxBytes, CancellationToken cancel)
    {
        while (true)
        {
            ReadResult read = await reader.ReadAsync(cancel);
            if (read.Buffer.Length > maxBytes)
            {
                reader.AdvanceTo(read.Buffer.End);
                return null;
            }

            if (read.IsCompleted)
            {
                byte[] body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
