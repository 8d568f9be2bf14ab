namespace ExtRa.Messages.Sealing;

/// <summary>The formats a reader knows. Each row is claimed by the first that recognizes it; the native one comes last and takes the rest.</summary>
public sealed class MessageFormats(params IReadOnlyList<IMessageFormat> formats)
{
    /// <summary>The format of a row.</summary>
    public IMessageFormat Of(string uniqueId, string column) => formats.First(format => format.Recognizes(uniqueId, column));
}
