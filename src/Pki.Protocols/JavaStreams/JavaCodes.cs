namespace Pki.Protocols.JavaStreams;

/// <summary>Type codes of the stream (Java Object Serialization Specification §6.4.2).</summary>
public static class JavaCodes
{
    /// <summary>Java's null.</summary>
    public const byte Null = 0x70;

    /// <summary>A handle of something earlier.</summary>
    public const byte Reference = 0x71;

    /// <summary>A class descriptor.</summary>
    public const byte ClassDescriptor = 0x72;

    /// <summary>An object.</summary>
    public const byte Object = 0x73;

    /// <summary>A text of at most 65535 encoded bytes.</summary>
    public const byte String = 0x74;

    /// <summary>An array.</summary>
    public const byte Array = 0x75;

    /// <summary>Bytes that a class wrote itself, at most 255.</summary>
    public const byte BlockData = 0x77;

    /// <summary>The end of what a class wrote itself.</summary>
    public const byte EndBlockData = 0x78;

    /// <summary>A longer text.</summary>
    public const byte LongString = 0x7C;

    /// <summary>A constant of an enum.</summary>
    public const byte Enum = 0x7E;
}
