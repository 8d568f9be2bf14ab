namespace ExtRa.Legacy.JavaStreams;

/// <summary>Type codes of the stream (Java Object Serialization Specification §6.4.2).</summary>
internal static class JavaCodes
{
    public const byte Null = 0x70;
    public const byte Reference = 0x71;
    public const byte ClassDescriptor = 0x72;
    public const byte Object = 0x73;
    public const byte String = 0x74;
    public const byte Array = 0x75;
    public const byte BlockData = 0x77;
    public const byte EndBlockData = 0x78;
    public const byte LongString = 0x7C;
    public const byte Enum = 0x7E;
}
