namespace Pki.Protocols.JavaStreams;

/// <summary>What a reader believes at most, whatever the stream claims (FLAWS.md A3).</summary>
/// <param name="Octets">Size of the whole stream.</param>
/// <param name="Objects">Strings, arrays, objects and descriptors together, references and nulls counted too.</param>
/// <param name="Depth">How deep objects may lie in each other; superclasses and field types count.</param>
public sealed record JavaStreamLimits(int Octets, int Objects, int Depth)
{
    /// <summary>For messages: the longest column, a hundred submessages of two hundred entries, and the four levels that there are, with room.</summary>
    public static JavaStreamLimits OfMessages { get; } = new(6 * 1024 * 1024, 40_000, 16);

    /// <summary>For a key pair: an RSA key of 8192 bits takes a tenth of it.</summary>
    public static JavaStreamLimits OfKeyPairs { get; } = new(64 * 1024, 1000, 16);
}
