namespace Pki.Protocols.JavaStreams;

/// <summary>
/// A class that a stream may name. It is compared with the descriptor in the stream field by field; no type of ours is
/// ever looked up or made by a name from a stream (FLAWS.md A2).
/// </summary>
/// <param name="Name">The full Java name; <c>[B</c> for an array of bytes.</param>
/// <param name="Uid">serialVersionUID.</param>
/// <param name="Flags">2 serializable; 3 with a write method of its own; 18 an enum.</param>
/// <param name="Fields">The fields of this class alone, in the order of the stream.</param>
/// <param name="Super">The class above that is serializable too; null for none.</param>
/// <remarks>Java Object Serialization Specification, chapter 6; WIRE.md 6.3.</remarks>
public sealed record JavaClass(string Name, long Uid, byte Flags, IReadOnlyList<JavaFieldType> Fields, JavaClass? Super = null)
{
    /// <summary>The flag of classes that write annotations after their fields.</summary>
    public const byte WritesAnnotations = 0x01;

    /// <summary>The flag of serializable classes.</summary>
    public const byte Serializable = 0x02;

    /// <summary>The flag of enums.</summary>
    public const byte Enum = 0x10;

    /// <summary>
    /// True for a class whose write method writes none of its fields: then it does not matter which ones, or which
    /// serialVersionUID, the descriptor of one release or another names.
    /// </summary>
    public bool HasAnyShape { get; init; }

    /// <summary>True when objects of it carry block data or objects after the fields.</summary>
    public bool HasAnnotations => (Flags & WritesAnnotations) != 0;

    /// <summary>From the highest serializable class down to this one: the order in which layers are written.</summary>
    public IReadOnlyList<JavaClass> Chain => Super is null ? [this] : [.. Super.Chain, this];

    /// <inheritdoc />
    public override string ToString() => Name;
}

/// <summary>A field of a class descriptor.</summary>
/// <param name="Code">B C D F I J S Z for primitives, L for objects, [ for arrays.</param>
/// <param name="Name">Its name.</param>
/// <param name="TypeName">For objects and arrays the type in signature form, <c>[B</c> or <c>Ljava/lang/String;</c>; else null.</param>
public sealed record JavaFieldType(char Code, string Name, string? TypeName = null)
{
    /// <summary>True for a field that holds a reference.</summary>
    public bool IsReference => Code is 'L' or '[';
}
