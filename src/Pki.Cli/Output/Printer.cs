using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace Pki.Cli.Output;

/// <summary>
/// Shows results: as tables for people, or the same records as JSON for programs. Standard output carries nothing
/// else, so that it can be piped.
/// </summary>
internal sealed class Printer(Terminal terminal, bool json)
{
    // Spectre breaks lines at the width; without a screen nothing must be broken.
    private const int Unbroken = 100_000;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>JSON was asked for.</summary>
    public bool Json => json;

    /// <summary>A list of like things.</summary>
    public void List<T>(IReadOnlyList<T> rows, IReadOnlyList<Column<T>> columns, string whenEmpty)
    {
        if (json)
        {
            Write(rows);
            return;
        }

        if (rows.Count == 0)
        {
            terminal.Out.WriteLine(whenEmpty);
            return;
        }

        var table = new Table { Border = TableBorder.Simple };
        foreach (Column<T> column in columns)
        {
            table.AddColumn(new TableColumn(new Text(column.Title)) { NoWrap = column.Whole, Alignment = column.Number ? Justify.Right : Justify.Left });
        }

        foreach (T row in rows)
        {
            table.AddRow(columns.Select(column => new Text(column.Text(row) ?? "")));
        }

        Render(table);
    }

    /// <summary>A list for a spreadsheet; without rows, the titles alone.</summary>
    public void Csv<T>(IReadOnlyList<T> rows, IReadOnlyList<Column<T>> columns) => terminal.Out.Write(Output.Csv.Of(rows, columns));

    /// <summary>One thing with its fields below each other; fields without a value are left out.</summary>
    public void Show<T>(T record, IReadOnlyList<Column<T>> fields)
    {
        if (json)
        {
            Write(record);
            return;
        }

        var grid = new Grid().AddColumn(new GridColumn { NoWrap = true, Padding = new Padding(0, 0, 2, 0) }).AddColumn(new GridColumn { Padding = new Padding(0) });
        foreach (Column<T> field in fields)
        {
            if (field.Text(record) is { Length: > 0 } value)
            {
                grid.AddRow(new Text(field.Title), new Text(value));
            }
        }

        Render(grid);
    }

    /// <summary>What a command has done, in one sentence; for programs, the record of it.</summary>
    public void Done<T>(T record, string sentence)
    {
        if (json)
        {
            Write(record);
        }
        else
        {
            terminal.Out.WriteLine(sentence);
        }
    }

    /// <summary>Text for people only.</summary>
    public void Say(string line)
    {
        if (!json)
        {
            terminal.Out.WriteLine(line);
        }
    }

    /// <summary>Text that is the result itself: PEM, an exported profile. No table, no JSON around it.</summary>
    public void Raw(string text) => terminal.Out.Write(text);

    /// <summary>Something the user should know beside the result.</summary>
    public void Warn(string line) => terminal.Error.WriteLine("warning: " + line);

    /// <summary>Runs long work with a sign of life, on a terminal only.</summary>
    public async Task<T> WaitAsync<T>(string what, Func<Task<T>> work)
    {
        if (json || !terminal.IsInteractive)
        {
            return await work();
        }

        return await Screen(terminal.Error).Status().StartAsync(Markup.Escape(what), _ => work());
    }

    /// <summary>The JSON of a record, as every command writes it.</summary>
    internal static string ToJson<T>(T record) => JsonSerializer.Serialize(record, Options);

    private void Write<T>(T record) => terminal.Out.WriteLine(ToJson(record));

    private void Render(Spectre.Console.Rendering.IRenderable what)
    {
        using var text = new StringWriter();
        Screen(text).Write(what);
        foreach (string line in text.ToString().Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0))
        {
            terminal.Out.WriteLine(line.StartsWith(' ') ? line[1..] : line);
        }
    }

    private IAnsiConsole Screen(TextWriter writer)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = terminal.IsInteractive ? InteractionSupport.Yes : InteractionSupport.No,
        });
        console.Profile.Width = Math.Min(terminal.Width, Unbroken);
        return console;
    }
}

/// <summary>One column of a table, or one field of a record.</summary>
/// <param name="Title">What stands above or before it.</param>
/// <param name="Text">The value as text; null for nothing.</param>
internal sealed record Column<T>(string Title, Func<T, string?> Text)
{
    /// <summary>Never broken over lines.</summary>
    public bool Whole { get; init; }

    /// <summary>Right-aligned.</summary>
    public bool Number { get; init; }
}
