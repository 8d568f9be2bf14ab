using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Pki.Protocols.JavaStreams;

namespace ExtRa.Legacy.JavaStreams;

/// <summary>
/// Writes one list of maps. Each descriptor, text and number is written once and referred to afterwards, which readers
/// of all versions take (WIRE.md 6.5): sharing is harmless because these values never change.
/// </summary>
internal sealed class JavaStreamWriter
{
    private const uint Magic = 0xACED0005;
    private const int FirstHandle = 0x7E0000;
    private const int FewestBuckets = 16;

    private readonly ArrayBufferWriter<byte> output = new(4096);
    private readonly Dictionary<object, int> handles = [];
    private int nextHandle;

    /// <summary>The whole stream.</summary>
    public byte[] WriteList(IReadOnlyList<JavaMap> maps)
    {
        Int32(unchecked((int)Magic));
        Byte(JavaCodes.Object);
        Class(JavaClasses.ArrayList);
        nextHandle++;
        Int32(maps.Count);
        Byte(JavaCodes.BlockData);
        Byte(sizeof(int));
        Int32(maps.Count); // Java 6 and older take it as the size of their array
        foreach (JavaMap map in maps)
        {
            Map(map);
        }

        Byte(JavaCodes.EndBlockData);
        return output.WrittenSpan.ToArray();
    }

    private void Map(JavaMap map)
    {
        bool linked = map.Kind != JavaMapKind.HashMap;
        Byte(JavaCodes.Object);
        Class(map.Kind switch
        {
            JavaMapKind.HashMap => JavaClasses.HashMap,
            JavaMapKind.LinkedHashMap => JavaClasses.LinkedHashMap,
            _ => JavaClasses.Base64GetHashMap,
        });
        nextHandle++;
        int buckets = FewestBuckets;
        while (buckets * 3 / 4 < map.Entries.Count)
        {
            buckets *= 2;
        }

        Int32(BitConverter.SingleToInt32Bits(0.75f));
        Int32(buckets * 3 / 4);
        Byte(JavaCodes.BlockData);
        Byte(2 * sizeof(int));
        Int32(buckets); // Java 6 and older take it as the size of their table: a power of two
        Int32(map.Entries.Count);
        foreach ((string name, object? value) in map.Entries)
        {
            Text(name);
            Value(value);
        }

        Byte(JavaCodes.EndBlockData);
        if (linked)
        {
            Byte(0); // accessOrder
        }
    }

    private void Value(object? value)
    {
        switch (value)
        {
            case null:
                Byte(JavaCodes.Null);
                break;
            case string text:
                Text(text);
                break;
            case BigInteger number:
                Number(number);
                break;
            case int number:
                Boxed(JavaClasses.Integer, value, () => Int32(number));
                break;
            case long number:
                Boxed(JavaClasses.Long, value, () => Int64(number));
                break;
            case float number:
                Boxed(JavaClasses.Float, value, () => Int32(BitConverter.SingleToInt32Bits(number)));
                break;
            case bool truth:
                Boxed(JavaClasses.Boolean, value, () => Byte(truth ? (byte)1 : (byte)0));
                break;
            default:
                throw new ArgumentException($"A legacy message holds no {value.GetType().Name}.", nameof(value));
        }
    }

    private void Boxed(JavaClass of, object value, Action write)
    {
        if (Refers(value))
        {
            return;
        }

        Byte(JavaCodes.Object);
        Class(of);
        handles.Add(value, nextHandle++);
        write();
    }

    private void Number(BigInteger number)
    {
        if (Refers(number))
        {
            return;
        }

        Byte(JavaCodes.Object);
        Class(JavaClasses.BigInteger);
        handles.Add(number, nextHandle++);
        Int32(-1); // four caches of the past; readers ignore them
        Int32(-1);
        Int32(-2);
        Int32(-2);
        Int32(number.Sign);
        byte[] magnitude = number.IsZero ? [] : BigInteger.Abs(number).ToByteArray(isUnsigned: true, isBigEndian: true);
        Byte(JavaCodes.Array);
        Class(JavaClasses.Bytes);
        nextHandle++;
        Int32(magnitude.Length);
        output.Write(magnitude);
        Byte(JavaCodes.EndBlockData);
    }

    private void Text(string text)
    {
        if (Refers(text))
        {
            return;
        }

        handles.Add(text, nextHandle++);
        byte[] encoded = ModifiedUtf8.Encode(text);
        if (encoded.Length <= ushort.MaxValue)
        {
            Byte(JavaCodes.String);
            UInt16(encoded.Length);
        }
        else
        {
            Byte(JavaCodes.LongString);
            Int64(encoded.Length);
        }

        output.Write(encoded);
    }

    private void Class(JavaClass of)
    {
        if (Refers(of))
        {
            return;
        }

        Byte(JavaCodes.ClassDescriptor);
        Name(of.Name);
        Int64(of.Uid);
        handles.Add(of, nextHandle++);
        Byte(of.Flags);
        UInt16(of.Fields.Count);
        foreach (JavaFieldType field in of.Fields)
        {
            Byte((byte)field.Code);
            Name(field.Name);
            if (field.TypeName is { } type)
            {
                Text(type);
            }
        }

        Byte(JavaCodes.EndBlockData);
        if (of.Super is { } super)
        {
            Class(super);
        }
        else
        {
            Byte(JavaCodes.Null);
        }
    }

    private bool Refers(object known)
    {
        if (!handles.TryGetValue(known, out int handle))
        {
            return false;
        }

        Byte(JavaCodes.Reference);
        Int32(FirstHandle + handle);
        return true;
    }

    private void Name(string name)
    {
        UInt16(name.Length);
        output.Write(Encoding.ASCII.GetBytes(name));
    }

    private void Byte(byte value) => output.Write([value]);

    private void UInt16(int value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(output.GetSpan(sizeof(ushort)), (ushort)value);
        output.Advance(sizeof(ushort));
    }

    private void Int32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(output.GetSpan(sizeof(int)), value);
        output.Advance(sizeof(int));
    }

    private void Int64(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(output.GetSpan(sizeof(long)), value);
        output.Advance(sizeof(long));
    }
}
