using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace ExtRa.Messages.Store;

/// <summary>The SQL statements of one dialect: the files under <c>sql/message</c>, by name.</summary>
internal sealed partial class Sql(string dialect)
{
    private readonly ConcurrentDictionary<string, string> texts = new(StringComparer.Ordinal);

    /// <summary>The statement of <c>sql/message/(dialect)/queries/(name).sql</c>, without its comments; a line <c>-- include (other)</c> stands for that one.</summary>
    public string this[string name] => texts.GetOrAdd(name, Read);

    private string Read(string name)
    {
        using Stream resource = typeof(Sql).Assembly.GetManifestResourceStream($"{dialect}/{name}")
            ?? throw new InvalidOperationException($"There is no query '{name}' for {dialect}.");
        using var reader = new StreamReader(resource);
        string whole = Include.Replace(reader.ReadToEnd(), line => this[line.Groups["name"].Value] + "\n");
        return Comment.Replace(whole, "").Trim();
    }

    [GeneratedRegex(@"^-- include (?<name>[a-z_]+)\n", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Include { get; }

    // Drivers look for parameters in comments too, and stumble over apostrophes there.
    [GeneratedRegex(@"^--.*\n|\s+-- .*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Comment { get; }
}
