using System.Text;

namespace Pki.Cli.Output;

/// <summary>
/// Comma-separated values (RFC 4180). Names in certificates are written by strangers and read by spreadsheets: every cell is
/// quoted, and one that a spreadsheet would take for a formula gets an apostrophe, which makes it text.
/// </summary>
internal static class Csv
{
    // What begins a formula, in ASCII and in the full width that some programs treat alike; tab and line ends hide one.
    private const string FormulaStarts = "=+-@\t\r\n＝＋－＠";

    /// <summary>Titles and rows, each line ended by CR LF (RFC 4180 §2).</summary>
    public static string Of<T>(IReadOnlyList<T> rows, IReadOnlyList<Column<T>> columns)
    {
        var text = new StringBuilder();
        Line(text, columns.Select(column => column.Title));
        foreach (T row in rows)
        {
            Line(text, columns.Select(column => column.Text(row)));
        }

        return text.ToString();
    }

    private static void Line(StringBuilder text, IEnumerable<string?> cells) =>
        text.AppendJoin(',', cells.Select(cell => $"\"{Harmless(cell ?? "").Replace("\"", "\"\"", StringComparison.Ordinal)}\"")).Append("\r\n");

    private static string Harmless(string cell)
    {
        bool isFormula = cell.TrimStart(' ', '"', '\'') is [var first, ..] && FormulaStarts.Contains(first, StringComparison.Ordinal);
        return isFormula ? "'" + cell : cell;
    }
}
