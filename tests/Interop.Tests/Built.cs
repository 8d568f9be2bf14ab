namespace Interop.Tests;

/// <summary>The product's programs, built in the configuration of these tests.</summary>
internal static class Built
{
    /// <summary>Runs .NET programs.</summary>
    public static string DotNet { get; } = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet";

    /// <summary>The assembly of a program, found beside this one: <c>../../&lt;project&gt;/&lt;configuration&gt;/</c>.</summary>
    public static string Program(string project, string assembly)
    {
        string here = AppContext.BaseDirectory.TrimEnd('/');
        string file = Path.GetFullPath(Path.Combine(here, "../..", project, Path.GetFileName(here), assembly + ".dll"));
        return File.Exists(file) ? file : throw new FileNotFoundException("Build it in the same configuration as the tests.", file);
    }
}
