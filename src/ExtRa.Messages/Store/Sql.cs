using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace ExtRa.Messages.Store;

/// <summary>The SQL statements of one dialect: the files under <c>sql/message</c>, by name.</summary>
internal sealed partial class Sql(string dialect)
{
    private readonly ConcurrentDictionary<string, string> texts = new(StringComparer.Ordinal);

    /// <summary>The statement of <c>sql/message/(dialect)/queries/(name).sql</c>, without its comments.</summary>
    public string this[string name] => texts.GetOrAdd(name, Read);

    private string Read(string name)
    {
        using Stream resource = typeof(Sql).Assembly.GetManifestResourceStream($"{dialect}/{name}")
            ?? throw new InvalidOperationException($"There is no query '{name}' for {dialect}.");
        using var reader = new StreamReader(resource);
        return Comment.Replace(reader.ReadToEnd(), "").Trim();
    }

    // Drivers look for parameters in comments too, and stumble over apostrophes there.
    [GeneratedRegex(@"^--.*\n|\s+-- .*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Comment { get; }
}
