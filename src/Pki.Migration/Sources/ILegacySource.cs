namespace Pki.Migration.Sources;

/// <summary>Where legacy rows come from.</summary>
public interface ILegacySource : IAsyncDisposable
{
    /// <summary>The same for the same content: its digest, or null where each opening is a new snapshot.</summary>
    string? ContentDigest { get; }

    /// <summary>What it is, for people: no password.</summary>
    string Description { get; }

    /// <summary>How much of the table that is being read lies behind, 0 to 1; null: nothing is being read, or nobody knows.</summary>
    double? Share { get; }

    /// <summary>SHA-256 of each of its files by name, lower-case hex; none for a database.</summary>
    IReadOnlyDictionary<string, string> Digests { get; }

    /// <summary>Something at its end says that it is whole; without it, a file that was cut off behind a row looks whole, too.</summary>
    bool HasEndMark { get; }

    /// <summary>Whether it has rows of this table at all.</summary>
    bool Has(string table);

    /// <summary>The rows of a table in an order that is the same for the same content; none where the table is missing.</summary>
    /// <param name="table">Its name in any case.</param>
    /// <param name="skip">Rows at the beginning to be passed over.</param>
    /// <param name="cancel">Cancels.</param>
    /// <exception cref="LegacyFormatException">The source is not what it should be.</exception>
    IAsyncEnumerable<LegacyRow> ReadAsync(string table, long skip, CancellationToken cancel);
}
