using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Pki.Migration.Sources;

/// <summary>A folder with a file TABLE.ndjson for each table: a JSON object for each row (MIGRATION §3.2).</summary>
public sealed class NdjsonFolder : ILegacySource
{
    private const int MaxLine = 64 * 1024 * 1024;

    private readonly string folder;
    private readonly Dictionary<string, string> files;

    private NdjsonFolder(string folder, Dictionary<string, string> files, string digest) => (this.folder, this.files, ContentDigest) = (folder, files, digest);

    /// <inheritdoc />
    public string? ContentDigest { get; }

    /// <inheritdoc />
    public double? Share { get; private set; }

    /// <inheritdoc />
    public string Description => $"folder {folder} with {string.Join(", ", files.Values.Select(Path.GetFileName).Order(StringComparer.Ordinal))}, SHA-256 {ContentDigest}";

    /// <summary>Reads all files once for their digest.</summary>
    public static async Task<NdjsonFolder> OpenAsync(string folder, CancellationToken cancel)
    {
        var found = Directory.GetFiles(folder, "*.ndjson").ToDictionary(file => Path.GetFileNameWithoutExtension(file), StringComparer.OrdinalIgnoreCase);
        if (found.Count == 0)
        {
            throw new LegacyFormatException($"There is no file TABLE.ndjson in '{folder}'.");
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string table, string file) in found.OrderBy(f => f.Key, StringComparer.OrdinalIgnoreCase))
        {
            await using FileStream content = File.OpenRead(file);
            hash.AppendData(Encoding.UTF8.GetBytes(table.ToUpperInvariant() + "\n"));
            hash.AppendData(await SHA256.HashDataAsync(content, cancel));
        }

        return new(folder, found, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <inheritdoc />
    public bool Has(string table) => files.ContainsKey(table);

    /// <inheritdoc />
    public async IAsyncEnumerable<LegacyRow> ReadAsync(string table, long skip, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (!files.TryGetValue(table, out string? file))
        {
            yield break;
        }

        await using var lines = new BoundedLines(File.OpenRead(file), MaxLine);
        long number = 0;
        while (await lines.NextAsync(cancel) is { } line)
        {
            if (line.Length == 0)
            {
                continue;
            }

            number++;
            Share = lines.Share;
            if (number > skip)
            {
                yield return Row(file, line, number);
            }
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static LegacyRow Row(string file, ReadOnlyMemory<byte> line, long number)
    {
        try
        {
            using JsonDocument row = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 4, AllowDuplicateProperties = false });
            var columns = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
            List<string?> values = [];
            foreach (JsonProperty column in row.RootElement.EnumerateObject())
            {
                columns.Add(column.Name, values.Count);
                values.Add(column.Value.ValueKind switch
                {
                    JsonValueKind.Null => null,
                    JsonValueKind.String => column.Value.GetString(),
                    JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => column.Value.GetRawText(),
                    _ => throw new JsonException($"{column.Name} is neither text nor number."),
                });
            }

            return new(columns, [.. values], number);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new LegacyFormatException($"Row {number} of '{file}' is not a JSON object of texts and numbers: {e.Message}");
        }
    }
}
