namespace Pki.Protocols.JavaStreams;

/// <summary>A stream breaks the grammar, a limit or the list of classes. Never leaves the door that reads the stream.</summary>
public sealed class JavaStreamException(string message, bool isTooLarge = false) : Exception(message)
{
    /// <summary>True for a limit, false for the rest.</summary>
    public bool IsTooLarge { get; } = isTooLarge;
}
