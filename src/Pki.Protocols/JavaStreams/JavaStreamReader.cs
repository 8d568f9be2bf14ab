using Pki.Protocols.Trust;

namespace Pki.Protocols.JavaStreams;

/// <summary>
/// Reads a Java object stream against a closed list of classes, and makes plain values of it. Nothing is executed,
/// nothing is created by name, nothing is reserved because the stream claims a size: memory grows with the bytes that
/// are there (FLAWS.md A2, A3).
/// </summary>
/// <param name="classes">The classes that may be named; of one that changed over time, each release.</param>
/// <param name="limits">What is believed at most.</param>
/// <remarks>Java Object Serialization Specification §6.4; WIRE.md 6.2.</remarks>
public sealed class JavaStreamReader(IEnumerable<JavaClass> classes, JavaStreamLimits limits)
{
    private readonly ILookup<string, JavaClass> classes = classes.ToLookup(one => one.Name, StringComparer.Ordinal);

    /// <summary>Reads the one object of a stream that fills its input to the last byte.</summary>
    /// <returns>TooLarge beyond a limit, Malformed for everything else; the detail names the byte.</returns>
    public Outcome<JavaValue> Read(ReadOnlyMemory<byte> stream)
    {
        if (stream.Length > limits.Octets)
        {
            return new Refusal(RefusalCode.TooLarge, $"The Java stream has {stream.Length} bytes, the limit is {limits.Octets}.");
        }

        var input = new JavaInput(stream);
        try
        {
            return new JavaGrammar(input, classes, limits).ReadStream();
        }
        catch (JavaStreamException wrong)
        {
            return new Refusal(wrong.IsTooLarge ? RefusalCode.TooLarge : RefusalCode.Malformed, $"Java stream, byte {input.Position}: {wrong.Message}");
        }
    }
}
