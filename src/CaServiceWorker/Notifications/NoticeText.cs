using System.Globalization;
using Microsoft.Extensions.Options;

namespace CaServiceWorker.Notifications;

/// <summary>
/// A subject and a text with placeholders in braces. What is put into them was written by strangers: it stays on its line,
/// has no character that acts on a screen, and is cut.
/// </summary>
internal sealed class NoticeText
{
    private const int LongestValue = 500;
    private const int LongestSubject = 200;
    private const int LongestTemplate = 16_000;
    private const string SubjectMark = "Subject:";

    private readonly string subject;
    private readonly string body;

    private NoticeText(string subject, string body) => (this.subject, this.body) = (subject, body);

    /// <summary>Reads a template: a line <c>Subject: …</c>, an empty line, the text.</summary>
    /// <param name="name">Where it comes from, for messages.</param>
    /// <param name="template">The template.</param>
    /// <param name="placeholders">The names that may stand in braces.</param>
    /// <exception cref="OptionsValidationException">It is no such template, or has a placeholder that nobody fills.</exception>
    public static NoticeText Read(string name, string template, IReadOnlyCollection<string> placeholders)
    {
        string[] parts = template.ReplaceLineEndings("\n").Split("\n\n", 2);
        if (template.Length > LongestTemplate || parts.Length < 2 || !parts[0].StartsWith(SubjectMark, StringComparison.Ordinal) || parts[0].Contains('\n', StringComparison.Ordinal))
        {
            throw Wrong(name, $"it must be a line '{SubjectMark} …', an empty line and a text, together at most {LongestTemplate} characters.");
        }

        foreach (string part in parts)
        {
            string problem = "";
            Fill(part, found =>
            {
                problem = placeholders.Contains(found, StringComparer.Ordinal) ? problem : $"{{{found}}} is no placeholder; known are {string.Join(", ", placeholders)}.";
                return "";
            });
            if (problem.Length > 0 || part.Count(c => c == '{') != part.Count(c => c == '}'))
            {
                throw Wrong(name, problem.Length > 0 ? problem : "a brace has no partner.");
            }
        }

        return new(parts[0][SubjectMark.Length..].Trim(), parts[1]);
    }

    /// <summary>One line.</summary>
    public string Subject(IReadOnlyDictionary<string, string> values) => Cut(Fill(subject, name => Clean(values[name])), LongestSubject);

    /// <summary>The text.</summary>
    public string Body(IReadOnlyDictionary<string, string> values) => Fill(body, name => Clean(values[name]));

    /// <summary>A stranger's text, harmless in a header, on a screen and in a log.</summary>
    public static string Clean(string value) => Cut(string.Concat(value.Select(c => IsHarmless(c) ? c : '\uFFFD')), LongestValue);

    private static bool IsHarmless(char c) => char.GetUnicodeCategory(c) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse);

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..(most - 1)] + "…";

    private static string Fill(string template, Func<string, string> value)
    {
        var text = new System.Text.StringBuilder(template.Length * 2);
        int at = 0;
        while (template.IndexOf('{', at) is >= 0 and int open && template.IndexOf('}', open) is >= 0 and int close)
        {
            text.Append(template, at, open - at).Append(value(template[(open + 1)..close]));
            at = close + 1;
        }

        return text.Append(template, at, template.Length - at).ToString();
    }

    private static OptionsValidationException Wrong(string name, string why) =>
        new(NotificationOptions.Section, typeof(NotificationOptions), [$"Template {name}: {why}"]);
}
