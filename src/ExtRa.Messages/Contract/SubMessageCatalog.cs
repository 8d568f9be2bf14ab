using System.Collections.Frozen;
using System.Reflection;

namespace ExtRa.Messages.Contract;

/// <summary>
/// The submessage classes a program knows, by wire name. Built once at start from our own assembly and the plug-ins;
/// afterwards a name on the wire is only a key into this table, never an argument to reflection.
/// </summary>
public sealed class SubMessageCatalog
{
    /// <summary>The package prefix that legacy configurations write before class names (EXTERNAL_RA.md X-06).</summary>
    public const string LegacyPackage = "org.ejbca.extra.db.";

    private readonly FrozenDictionary<string, Type> byName;

    private SubMessageCatalog(FrozenDictionary<string, Type> byName) => this.byName = byName;

    /// <summary>The classes that ship with this product.</summary>
    public static SubMessageCatalog BuiltIn { get; } = From([]);

    /// <summary>Ours and those of the plug-in assemblies.</summary>
    /// <exception cref="InvalidOperationException">Two classes share a wire name; the message names both.</exception>
    public static SubMessageCatalog From(IEnumerable<Assembly> plugIns)
    {
        var found = new Dictionary<string, Type>(StringComparer.Ordinal);
        foreach (Type type in plugIns.Prepend(typeof(SubMessage).Assembly).Distinct().SelectMany(a => a.GetExportedTypes()).Where(IsWireClass))
        {
            if (!found.TryAdd(type.Name, type))
            {
                throw new InvalidOperationException(
                    $"Two submessage classes are named '{type.Name}': {found[type.Name].AssemblyQualifiedName} and {type.AssemblyQualifiedName}.");
            }
        }

        return new(found.ToFrozenDictionary(StringComparer.Ordinal));
    }

    /// <summary>All wire names.</summary>
    public IEnumerable<string> Names => byName.Keys.Order(StringComparer.Ordinal);

    /// <summary>All request classes.</summary>
    public IEnumerable<Type> Requests => byName.Values.Where(type => type.IsSubclassOf(typeof(Request)));

    /// <summary>The class of a wire name, or null.</summary>
    public Type? Find(string name) => byName.GetValueOrDefault(name);

    private static bool IsWireClass(Type type) =>
        type is { IsAbstract: false, IsGenericType: false }
        && (type.IsSubclassOf(typeof(Request)) || type.IsSubclassOf(typeof(Response)) || type.IsSubclassOf(typeof(Notice)));
}
