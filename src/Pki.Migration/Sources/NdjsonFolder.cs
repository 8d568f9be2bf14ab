using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace Pki.Migration.Sources;

/// <summary>A folder with a file TABLE.ndjson for each table: a JSON object for each row (MIGRATION §3.2).</summary>
public sealed class NdjsonFolder : ILegacySource
{
    private readonly Dictionary<string, HeldFile> files;

    private NdjsonFolder(string folder, Dictionary<string, HeldFile> files, Dictionary<string, string> digests, string digest)
    {
        (this.files, Digests, ContentDigest) = (files, digests, digest);
        Description = $"folder {folder} with {string.Join(", ", digests.Keys.Order(StringComparer.Ordinal))}, SHA-256 {ContentDigest}";
    }

    /// <inheritdoc />
    public string? ContentDigest { get; }

    /// <inheritdoc />
    public double? Share { get; private set; }

    /// <inheritdoc />
    public IReadOnlyDictionary<string, string> Digests { get; }

    /// <summary>Never: a file that ends behind a row looks like a whole one.</summary>
    public bool HasEndMark => false;

    /// <inheritdoc />
    public string Description { get; }

    /// <summary>Opens all files and reads them once for their digests.</summary>
    public static async Task<NdjsonFolder> OpenAsync(string folder, CancellationToken cancel)
    {
        string[] paths = [.. Directory.GetFiles(folder, "*.ndjson").OrderBy(Path.GetFileNameWithoutExtension, StringComparer.OrdinalIgnoreCase)];
        if (paths.Length == 0)
        {
            throw new LegacyFormatException($"There is no file TABLE.ndjson in '{folder}'.");
        }

        var opened = new Dictionary<string, HeldFile>(StringComparer.OrdinalIgnoreCase);
        var digests = new Dictionary<string, string>(StringComparer.Ordinal);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string path in paths)
        {
            string table = Path.GetFileNameWithoutExtension(path);
            var file = new HeldFile(path);
            if (!opened.TryAdd(table, file))
            {
                throw new LegacyFormatException($"Two files in '{folder}' are of the table {table}.");
            }

            string digest = await file.DigestAsync(_ => { }, cancel);
            digests.Add(Path.GetFileName(path), digest);
            hash.AppendData(Encoding.UTF8.GetBytes(table.ToUpperInvariant() + "\n"));
            hash.AppendData(Convert.FromHexString(digest));
        }

        return new(folder, opened, digests, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <inheritdoc />
    public bool Has(string table) => files.ContainsKey(table);

    /// <inheritdoc />
    public async IAsyncEnumerable<LegacyRow> ReadAsync(string table, long skip, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (!files.TryGetValue(table, out HeldFile? file))
        {
            yield break;
        }

        await using var lines = new BoundedLines(file.From(0), RowLimits.Row);
        long number = 0;
        while (await lines.NextAsync(cancel) is { } line)
        {
            if (line is { IsTooLong: false, Octets.Length: 0 })
            {
                continue;
            }

            number++;
            Share = lines.Share;
            if (number > skip)
            {
                yield return line.IsTooLong ? LegacyRow.Oversized(number) : NdjsonRow.Read(table, line.Octets.Span, number);
            }
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        foreach (HeldFile file in files.Values)
        {
            file.Dispose();
        }

        return ValueTask.CompletedTask;
    }
}
