namespace Pki.Protocols.JavaStreams;

/// <summary>The classes that legacy messages consist of, and no others (WIRE.md 6.3).</summary>
public static class JavaClasses
{
    private const byte Plain = JavaClass.Serializable;
    private const byte Writing = JavaClass.Serializable | JavaClass.WritesAnnotations;

    /// <summary>Array of bytes.</summary>
    public static JavaClass Bytes { get; } = new("[B", -5984413125824719648, Plain, []);

    /// <summary>Array of objects.</summary>
    public static JavaClass Objects { get; } = new("[Ljava.lang.Object;", -8012369246846506644, Plain, []);

    /// <summary>Superclass of the numbers.</summary>
    public static JavaClass Number { get; } = new("java.lang.Number", -8742448824652078965, Plain, []);

    /// <summary>32 bits.</summary>
    public static JavaClass Integer { get; } = new("java.lang.Integer", 1360826667806852920, Plain, [new('I', "value")], Number);

    /// <summary>64 bits.</summary>
    public static JavaClass Long { get; } = new("java.lang.Long", 4290774380558885855, Plain, [new('J', "value")], Number);

    /// <summary>IEEE 754 single.</summary>
    public static JavaClass Float { get; } = new("java.lang.Float", -2671257302660747028, Plain, [new('F', "value")], Number);

    /// <summary>True or false.</summary>
    public static JavaClass Boolean { get; } = new("java.lang.Boolean", -3665804199014368530, Plain, [new('Z', "value")]);

    /// <summary>A number of any size.</summary>
    public static JavaClass BigInteger { get; } = new(
        "java.math.BigInteger",
        -8287574255936472291,
        Writing,
        [new('I', "bitCount"), new('I', "bitLength"), new('I', "firstNonzeroByteNum"), new('I', "lowestSetBit"), new('I', "signum"), new('[', "magnitude", "[B")],
        Number);

    /// <summary>The list of submessages.</summary>
    public static JavaClass ArrayList { get; } = new("java.util.ArrayList", 8683452581122892189, Writing, [new('I', "size")]);

    /// <summary>A submessage of 4.0, and the superclass of those of 6.3.</summary>
    public static JavaClass HashMap { get; } = new("java.util.HashMap", 362498820763181265, Writing, [new('F', "loadFactor"), new('I', "threshold")]);

    /// <summary>A submessage of 6.3.</summary>
    public static JavaClass LinkedHashMap { get; } = new("java.util.LinkedHashMap", 3801124242820219131, Plain, [new('Z', "accessOrder")], HashMap);

    /// <summary>A submessage that 6.3 read and saved again.</summary>
    public static JavaClass Base64GetHashMap { get; } = new("org.cesecore.util.Base64GetHashMap", 510436675714264809, Plain, [], LinkedHashMap);

    /// <summary>All of them. Arrays of bytes only as the magnitude of a number: no submessage holds one.</summary>
    public static IReadOnlyList<JavaClass> OfMessages { get; } =
        [ArrayList, HashMap, LinkedHashMap, Base64GetHashMap, Number, Integer, Long, Float, Boolean, BigInteger, Bytes];
}
