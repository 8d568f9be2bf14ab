using System.Text.Json;

namespace Pki.Migration.Import;

/// <summary>A row that was set aside.</summary>
/// <param name="Table">Its table.</param>
/// <param name="Row">Its position there, from 1.</param>
/// <param name="Key">Its fingerprint or user name.</param>
/// <param name="Problem">Why.</param>
public sealed record RowSetAside(string Table, long Row, string? Key, string Problem)
{
    private const int MaxKey = 250;

    /// <summary>The beginning of a key that may be of any length.</summary>
    internal static string? KeyOf(string? key) => key is { Length: > MaxKey } ? key[..MaxKey] : key;
}

/// <summary>
/// The rows that were set aside, a JSON object on each line. It is cut back to what the checkpoint knows when an import
/// goes on, so that no row is in it twice.
/// </summary>
internal sealed class SetAsideList(Stream file) : IDisposable
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Makes the list end at <paramref name="start"/> and puts these rows behind.</summary>
    /// <returns>Its length then.</returns>
    public long Write(long start, IEnumerable<RowSetAside> rows)
    {
        file.SetLength(start);
        file.Position = start;
        foreach (RowSetAside row in rows)
        {
            file.Write(JsonSerializer.SerializeToUtf8Bytes(row, Options));
            file.WriteByte((byte)'\n');
        }

        file.Flush();
        return file.Length;
    }

    public void Dispose() => file.Dispose();
}
