namespace Ca.Core.Viewing;

/// <summary>Which part of a long list is wanted.</summary>
/// <param name="Number">From 1. Pages far behind cost as much as all before them, so there is a last one.</param>
/// <param name="Size">Rows on a page.</param>
public sealed record Paging(int Number, int Size = 50)
{
    /// <summary>The last page anybody can ask for; a narrower search finds what lies behind it.</summary>
    public const int LastNumber = 200;

    /// <summary>The most rows of a page.</summary>
    public const int LargestSize = 200;

    internal int Skip => (Math.Clamp(Number, 1, LastNumber) - 1) * Take;

    internal int Take => Math.Clamp(Size, 1, LargestSize);

    /// <summary>The page made of the rows that were read: one more than it shows, to know whether there are others.</summary>
    internal Page<T> Of<T>(IReadOnlyList<T> rows) =>
        new([.. rows.Take(Take)], Math.Clamp(Number, 1, LastNumber), rows.Count > Take && Number < LastNumber);
}

/// <summary>One page of a list.</summary>
/// <param name="Items">Its rows.</param>
/// <param name="Number">From 1.</param>
/// <param name="HasMore">There is a page after it.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, int Number, bool HasMore);
