using System.Text.RegularExpressions;

namespace Architecture.Tests;

/// <summary>What the documents name is there: a reader who follows them never meets a file that has moved.</summary>
[TestClass]
public sealed class DocsTests
{
    [TestMethod]
    [DataRow("README.md")]
    [DataRow("docs/ARCHITECTURE.md")]
    [DataRow("docs/OPERATING.md")]
    [DataRow("docs/PROTOCOLS.md")]
    public void Every_source_file_a_document_names_exists(string document)
    {
        string[] files = [.. Directory.EnumerateFiles(Path.Combine(House.Root, "src"), "*.cs", SearchOption.AllDirectories)];
        string[] missing =
        [
            .. SourceFile().Matches(File.ReadAllText(Path.Combine(House.Root, document)))
                .Select(match => match.Groups["file"].Value)
                .Where(name => !Array.Exists(files, file => file.EndsWith('/' + name, StringComparison.Ordinal))),
        ];
        Assert.IsEmpty(missing, $"{document} names {string.Join(", ", missing)}");
    }

    private static Regex SourceFile() => new(@"`(src/)?(?<file>[A-Za-z0-9./]+\.cs)`", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture);
}
