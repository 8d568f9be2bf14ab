namespace Pki.Protocols.JavaStreams;

/// <summary>What a stream holds, as plain data: the shape of the grammar, with no meaning given to it yet.</summary>
public abstract record JavaValue;

/// <summary>A string. May hold anything Java strings may, halves of surrogate pairs too.</summary>
/// <param name="Text">The text.</param>
public sealed record JavaString(string Text) : JavaValue;

/// <summary>An array of bytes, or bytes that a class of any shape wrote between its objects.</summary>
/// <param name="Octets">The bytes.</param>
public sealed record JavaBytes(byte[] Octets) : JavaValue;

/// <summary>An array of objects.</summary>
/// <param name="Items">The objects; null stands for Java's null.</param>
public sealed record JavaObjects(IReadOnlyList<JavaValue?> Items) : JavaValue;

/// <summary>A constant of an enum.</summary>
/// <param name="Class">The enum.</param>
/// <param name="Constant">The constant's name.</param>
public sealed record JavaEnum(JavaClass Class, string Constant) : JavaValue;

/// <summary>An object: one layer for each class of its chain, the highest first.</summary>
/// <param name="Class">Its class.</param>
/// <param name="Layers">What each class of the chain wrote.</param>
public sealed record JavaObject(JavaClass Class, IReadOnlyList<JavaLayer> Layers) : JavaValue
{
    /// <summary>The layer of a class; null when the object is not of it.</summary>
    public JavaLayer? Layer(JavaClass of) => Layers.FirstOrDefault(layer => ReferenceEquals(layer.Class, of));
}

/// <summary>What one class of an object's chain wrote.</summary>
/// <param name="Class">The class.</param>
/// <param name="Fields">The values of its fields, in the order of <see cref="JavaClass.Fields"/>.</param>
/// <param name="BlockData">The bytes it wrote itself; empty for classes without annotations.</param>
/// <param name="Items">The objects it wrote itself, in order; null stands for Java's null.</param>
public sealed record JavaLayer(JavaClass Class, IReadOnlyList<JavaField> Fields, ReadOnlyMemory<byte> BlockData, IReadOnlyList<JavaValue?> Items)
{
    /// <summary>The value of a field of the class.</summary>
    /// <exception cref="KeyNotFoundException">The class has no such field: our own mistake, for it is in the list.</exception>
    public JavaField this[string name]
    {
        get
        {
            for (int i = 0; i < Class.Fields.Count; i++)
            {
                if (Class.Fields[i].Name == name)
                {
                    return Fields[i];
                }
            }

            throw new KeyNotFoundException($"{Class.Name} has no field '{name}'.");
        }
    }
}

/// <summary>The value of a field: bits for a primitive, else a value.</summary>
/// <param name="Bits">A primitive, sign-extended; the raw bits of floating point numbers.</param>
/// <param name="Value">What a reference points to; null for Java's null and for primitives.</param>
public readonly record struct JavaField(long Bits, JavaValue? Value);
