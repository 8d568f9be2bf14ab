using System.Reflection;
using System.Runtime.Loader;

namespace CaServiceWorker;

/// <summary>
/// The assemblies in the plug-in folder. Each brings its own dependencies; what the worker has loaded already is
/// shared, so that a plug-in's <c>Request</c> is our <c>Request</c>.
/// </summary>
/// <remarks>Whoever can write into this folder owns the CA. It is empty by default and read once at start.</remarks>
internal sealed class PlugIns
{
    private PlugIns(IReadOnlyList<Assembly> assemblies) => Assemblies = assemblies;

    public IReadOnlyList<Assembly> Assemblies { get; }

    /// <param name="folder">The folder, or null for none.</param>
    /// <exception cref="DirectoryNotFoundException">The folder is configured but not there.</exception>
    public static PlugIns Load(string? folder) => new(string.IsNullOrEmpty(folder)
        ? []
        : [.. Directory.EnumerateFiles(Path.GetFullPath(folder), "*.dll").Order(StringComparer.Ordinal).Where(IsPlugIn).Select(LoadOne)]);

    // A plug-in is what refers to our contract; its own libraries lie beside it and are loaded when it asks for them.
    private static bool IsPlugIn(string file) => !IsOurs(Path.GetFileNameWithoutExtension(file)) && RefersToContract(file);

    private static bool IsOurs(string name) => AssemblyLoadContext.Default.Assemblies.Any(loaded => loaded.GetName().Name == name)
        || File.Exists(Path.Combine(AppContext.BaseDirectory, name + ".dll"));

    private static bool RefersToContract(string file)
    {
        using var stream = File.OpenRead(file);
        using var pe = new System.Reflection.PortableExecutable.PEReader(stream);
        if (!pe.HasMetadata)
        {
            return false;
        }

        System.Reflection.Metadata.MetadataReader metadata = System.Reflection.Metadata.PEReaderExtensions.GetMetadataReader(pe);
        return metadata.AssemblyReferences.Any(handle =>
            metadata.GetString(metadata.GetAssemblyReference(handle).Name) is "ExtRa.Processing" or "ExtRa.Messages");
    }

    private static Assembly LoadOne(string file) => new PlugInContext(file).LoadFromAssemblyPath(file);

    private sealed class PlugInContext(string file) : AssemblyLoadContext(Path.GetFileName(file))
    {
        private readonly AssemblyDependencyResolver resolver = new(file);

        protected override Assembly? Load(AssemblyName assemblyName) => IsOurs(assemblyName.Name ?? "")
            ? null
            : resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;
    }
}
