using Pki.Protocols.Trust;

namespace Pki.Protocols.JavaStreams;

/// <summary>The productions of the grammar, one method each. One instance reads one stream.</summary>
internal sealed class JavaGrammar(JavaInput input, ILookup<string, JavaClass> classes, JavaStreamLimits limits)
{
    private const uint Magic = 0xACED0005;
    private const int FirstHandle = 0x7E0000;
    private const int LongestShortString = ushort.MaxValue;
    private const int LongestNameShown = 100;

    private readonly List<object?> handles = [];
    private int objects;
    private int depth;

    /// <summary>stream: magic version content, and nothing after it.</summary>
    public Outcome<JavaValue> ReadStream()
    {
        if (input.UInt32() != Magic)
        {
            throw new JavaStreamException("This is no Java stream of version 5.");
        }

        JavaValue? top = ReadContent();
        if (!input.IsAtEnd)
        {
            throw new JavaStreamException("There are bytes after the end."); // FLAWS.md A5
        }

        return top ?? throw new JavaStreamException("The stream holds nothing but null.");
    }

    private JavaValue? ReadContent()
    {
        Enter();
        byte code = input.Byte();
        JavaValue? value = code switch
        {
            JavaCodes.Null => null,
            JavaCodes.Reference => ReadReference() as JavaValue ?? throw new JavaStreamException("A reference to a class stands where a value is expected."),
            JavaCodes.String => ReadString(),
            JavaCodes.LongString => ReadLongString(),
            JavaCodes.Array => ReadArray(),
            JavaCodes.Object => ReadObject(),
            JavaCodes.Enum => ReadEnum(),
            _ => throw new JavaStreamException($"The type code {code:X2} has no place here."),
        };
        depth--;
        return value;
    }

    private JavaString ReadString()
    {
        int handle = Reserve();
        return Fill(handle, new JavaString(input.Utf()));
    }

    private JavaString ReadLongString()
    {
        int handle = Reserve();
        long length = input.Int64();
        return length > LongestShortString
            ? Fill(handle, new JavaString(input.Text(length)))
            : throw new JavaStreamException("A short string is written as a long one.");
    }

    private JavaValue ReadArray()
    {
        JavaClass of = ReadClass() ?? throw new JavaStreamException("An array has no class.");
        int handle = Reserve();
        return ReferenceEquals(of, JavaClasses.Bytes) ? Fill(handle, new JavaBytes(input.Take(input.Int32()).ToArray()))
            : ReferenceEquals(of, JavaClasses.Objects) ? Fill(handle, ReadObjects(input.Int32()))
            : throw new JavaStreamException($"'{of.Name}' is no array of bytes.");
    }

    private JavaObjects ReadObjects(int count)
    {
        List<JavaValue?> items = [];
        while (items.Count < count)
        {
            items.Add(ReadContent()); // ends with the bytes or with the limit, whatever is announced
        }

        return new(items);
    }

    private JavaEnum ReadEnum()
    {
        JavaClass of = ReadClass() ?? throw new JavaStreamException("A constant has no class.");
        if ((of.Flags & JavaClass.Enum) == 0)
        {
            throw new JavaStreamException($"'{of.Name}' is no enum.");
        }

        int handle = Reserve();
        return ReadContent() is JavaString constant
            ? Fill(handle, new JavaEnum(of, constant.Text))
            : throw new JavaStreamException("A constant has no name.");
    }

    private JavaObject ReadObject()
    {
        JavaClass of = ReadClass() ?? throw new JavaStreamException("An object has no class.");
        if (of.Name[0] == '[' || (of.Flags & JavaClass.Enum) != 0)
        {
            throw new JavaStreamException($"'{of.Name}' is no class of objects.");
        }

        int handle = Reserve();
        IReadOnlyList<JavaClass> chain = of.Chain;
        var layers = new JavaLayer[chain.Count];
        for (int i = 0; i < layers.Length; i++)
        {
            layers[i] = ReadLayer(chain[i]);
        }

        return Fill(handle, new JavaObject(of, layers));
    }

    private JavaLayer ReadLayer(JavaClass of)
    {
        var fields = new JavaField[of.HasAnyShape ? 0 : of.Fields.Count];
        for (int i = 0; i < fields.Length; i++)
        {
            fields[i] = ReadField(of.Fields[i]);
        }

        return of.HasAnnotations ? ReadAnnotations(of, fields) : new(of, fields, ReadOnlyMemory<byte>.Empty, []);
    }

    private JavaField ReadField(JavaFieldType type) => type.Code switch
    {
        'B' => new(unchecked((sbyte)input.Byte()), null),
        'Z' => new(input.Byte() is <= 1 and var truth ? truth : throw new JavaStreamException("A boolean is neither true nor false."), null),
        'C' => new(input.UInt16(), null),
        'S' => new(unchecked((short)input.UInt16()), null),
        'I' or 'F' => new(input.Int32(), null),
        'J' or 'D' => new(input.Int64(), null),
        _ => new(0, ReadContent()),
    };

    /// <summary>Block data first, then objects, as all but the classes of any shape write them.</summary>
    private JavaLayer ReadAnnotations(JavaClass of, JavaField[] fields)
    {
        ReadOnlyMemory<byte> block = ReadOnlyMemory<byte>.Empty;
        if (input.Peek() == JavaCodes.BlockData)
        {
            input.Byte();
            block = input.Take(input.Byte());
        }

        List<JavaValue?> items = [];
        while (input.Peek() != JavaCodes.EndBlockData)
        {
            items.Add(of.HasAnyShape && input.Peek() == JavaCodes.BlockData ? ReadBlock() : ReadContent());
        }

        input.Byte();
        return new(of, fields, block, items);
    }

    private JavaBytes ReadBlock()
    {
        input.Byte();
        return new(input.Take(input.Byte()).ToArray());
    }

    /// <summary>classDesc: a new descriptor, a reference to one, or null.</summary>
    private JavaClass? ReadClass()
    {
        Enter();
        byte code = input.Byte();
        JavaClass? found = code switch
        {
            JavaCodes.Null => null,
            JavaCodes.Reference => ReadReference() as JavaClass ?? throw new JavaStreamException("A reference to a value stands where a class is expected."),
            JavaCodes.ClassDescriptor => ReadNewClass(),
            _ => throw new JavaStreamException($"The type code {code:X2} is no class."),
        };
        depth--;
        return found;
    }

    /// <summary>A descriptor must be, to the letter, that of a class of the list; releases of a class are told apart by what is in it.</summary>
    private JavaClass ReadNewClass()
    {
        string name = input.Utf();
        long uid = input.Int64();
        JavaClass[] releases = [.. classes[name].Where(one => one.HasAnyShape || one.Uid == uid)];
        if (releases.Length == 0)
        {
            throw new JavaStreamException($"The class '{Shown(name)}' ({uid:X16}) is not allowed.");
        }

        int handle = Reserve();
        byte flags = input.Byte();
        int count = input.UInt16();
        releases = [.. releases.Where(one => one.Flags == flags && (one.HasAnyShape || one.Fields.Count == count))];
        if (releases.Length == 0)
        {
            throw new JavaStreamException($"'{name}' has other flags or fields than the class of that name.");
        }

        for (int i = 0; i < count; i++)
        {
            releases = ReadFieldType(name, i, releases);
        }

        if (input.Byte() != JavaCodes.EndBlockData)
        {
            throw new JavaStreamException($"'{name}' has annotations.");
        }

        JavaClass? super = ReadClass();
        return Array.Find(releases, one => ReferenceEquals(one.Super, super)) is { } known
            ? Fill(handle, known)
            : throw new JavaStreamException($"'{name}' has another superclass than the class of that name.");
    }

    private JavaClass[] ReadFieldType(string name, int index, JavaClass[] releases)
    {
        char code = (char)input.Byte();
        string field = input.Utf();
        string? type = code is 'L' or '[' ? (ReadContent() as JavaString ?? throw new JavaStreamException($"A field of '{name}' has no type.")).Text : null;
        JavaClass[] left = [.. releases.Where(one => one.HasAnyShape || one.Fields[index] == new JavaFieldType(code, field, type))];
        return left.Length > 0 ? left : throw new JavaStreamException($"'{name}' has another field in the place of '{releases[0].Fields[index].Name}'.");
    }

    // A stranger's text on its way into a log.
    private static string Shown(string name) =>
        name.Length <= LongestNameShown && !name.AsSpan().ContainsAnyExceptInRange(' ', '~') ? name : $"of {name.Length} characters";

    private object ReadReference()
    {
        long handle = input.UInt32() - (long)FirstHandle;
        return handle >= 0 && handle < handles.Count && handles[(int)handle] is { } known
            ? known
            : throw new JavaStreamException("A reference points forward, outside, or to what it is itself a part of.");
    }

    private int Reserve()
    {
        handles.Add(null); // stays null until it is complete: a reference from inside finds nothing, so there are no circles
        return handles.Count - 1;
    }

    private T Fill<T>(int handle, T complete)
        where T : class
    {
        handles[handle] = complete;
        return complete;
    }

    private void Enter()
    {
        if (++objects > limits.Objects)
        {
            throw new JavaStreamException($"There are more than {limits.Objects} objects.", isTooLarge: true);
        }

        if (++depth > limits.Depth)
        {
            throw new JavaStreamException($"Objects lie in each other more than {limits.Depth} deep.", isTooLarge: true);
        }
    }
}
