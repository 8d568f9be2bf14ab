namespace Ca.Core.Importing;

/// <summary>The statements under sql/ca/import.</summary>
internal static class ImportSql
{
    private static readonly Dictionary<string, string> Texts = typeof(ImportSql).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith("import/", StringComparison.Ordinal)).ToDictionary(name => name["import/".Length..], Read, StringComparer.Ordinal);

    public static string Of(string name) => Texts[name];

    private static string Read(string resource)
    {
        using var reader = new StreamReader(typeof(ImportSql).Assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
