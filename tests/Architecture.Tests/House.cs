using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Architecture.Tests;

/// <summary>The source tree as the tests see it.</summary>
internal static class House
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", ".."));

    /// <summary>Project name → names of the projects it references.</summary>
    public static IReadOnlyDictionary<string, IReadOnlySet<string>> Arrows(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.csproj", SearchOption.AllDirectories).ToDictionary(
            file => Path.GetFileNameWithoutExtension(file),
            IReadOnlySet<string> (file) => References(file, "ProjectReference").Select(Path.GetFileNameWithoutExtension).ToHashSet(StringComparer.Ordinal)!,
            StringComparer.Ordinal);

    /// <summary>The packages of one project.</summary>
    public static IReadOnlySet<string> Packages(string project) =>
        References(Path.Combine(Root, "src", project, project + ".csproj"), "PackageReference").ToHashSet(StringComparer.Ordinal);

    /// <summary>The C# files under a folder.</summary>
    public static IEnumerable<string> Sources(string folder) => Directory
        .EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/Migrations/", StringComparison.Ordinal));

    private static IEnumerable<string> References(string csproj, string element) =>
        XDocument.Load(csproj).Descendants(element)
            .Where(reference => (string?)reference.Attribute("ReferenceOutputAssembly") != "false")
            .Select(reference => ((string)reference.Attribute("Include")!).Replace('\\', '/'));

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
