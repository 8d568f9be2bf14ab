using System.Globalization;
using Microsoft.AspNetCore.Html;

namespace AdminWeb.Showing;

/// <summary>One bar.</summary>
/// <param name="Label">Below it.</param>
/// <param name="Value">Its height.</param>
internal sealed record Bar(string Label, long Value);

/// <summary>A small plot, drawn as SVG: no script, no picture file. Its numbers are also there as text.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Bars">From left to right.</param>
internal sealed record BarChart(string Title, IReadOnlyList<Bar> Bars)
{
    private const int Height = 96;
    private const int Step = 44;
    private const int Gap = 8;
    private const int Ground = 78;
    private const int Head = 14;

    public long Total => Bars.Sum(bar => bar.Value);

    /// <summary>The drawing. Its styles are in the style sheet: the content security policy allows none here.</summary>
    public IHtmlContent Draw()
    {
        int width = Math.Max(1, Bars.Count) * Step;
        HtmlContentBuilder svg = new();
        svg.AppendHtml(Text($"<svg viewBox=\"0 0 {width} {Height}\" role=\"img\" aria-label=\"")).Append(Spoken).AppendHtml("\">");
        for (int i = 0; i < Bars.Count; i++)
        {
            Draw(svg, Bars[i], i * Step);
        }

        svg.AppendHtml(Text($"<line class=\"floor\" x1=\"0\" x2=\"{width}\" y1=\"{Ground}\" y2=\"{Ground}\"/></svg>"));
        return svg;
    }

    /// <summary>The whole of it in one sentence, for who does not see it.</summary>
    private string Spoken => $"{Title}: {string.Join("; ", Bars.Select(bar => Text($"{bar.Label}: {bar.Value}")))}.";

    private void Draw(HtmlContentBuilder svg, Bar bar, int left)
    {
        int height = HeightOf(bar);
        int middle = left + (Step / 2);
        svg.AppendHtml(Text($"<rect x=\"{left + (Gap / 2)}\" y=\"{Ground - height}\" width=\"{Step - Gap}\" height=\"{height}\" rx=\"2\"/>"));
        if (bar.Value > 0)
        {
            svg.AppendHtml(Text($"<text class=\"value\" x=\"{middle}\" y=\"{Ground - height - 3}\">{bar.Value}</text>"));
        }

        svg.AppendHtml(Text($"<text x=\"{middle}\" y=\"{Height - 5}\">")).Append(bar.Label).AppendHtml("</text>");
    }

    /// <summary>How high a bar is; one that stands for something is always seen.</summary>
    private int HeightOf(Bar bar) => bar.Value == 0 ? 0 : Math.Max(2, (int)(bar.Value * (Ground - Head) / Bars.Max(each => each.Value)));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
