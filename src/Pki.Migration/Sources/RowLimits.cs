namespace Pki.Migration.Sources;

/// <summary>
/// How much of a source is held at once, whoever wrote it. A row over a limit is set aside with the name of the column; what
/// is longer is passed over and never in memory.
/// </summary>
public static class RowLimits
{
    /// <summary>Octets of one value: a CRL of half a million entries in Base64.</summary>
    public const int Value = 32 * 1024 * 1024;

    /// <summary>Octets of all values of one row; of a file with a row on each line, of the line.</summary>
    public const int Row = 64 * 1024 * 1024;

    /// <summary>Characters of the rows that are read, checked and stored together. One row alone may have more.</summary>
    public const int Batch = 32 * 1024 * 1024;

    /// <summary>Columns of a table.</summary>
    internal const int Columns = 200;

    /// <summary>Characters of the name of a table or column.</summary>
    internal const int Name = 128;
}
