using Pki.Protocols.Trust;

namespace ExtRa.Legacy.SubMessages;

/// <summary>A map is not the submessage that it says it is. Never leaves <see cref="SubMessageReader"/>; repeats no value.</summary>
public sealed class LegacyFieldException(string message, RefusalCode code = RefusalCode.Malformed) : Exception(message)
{
    /// <summary>What the sender is told.</summary>
    public RefusalCode Code { get; } = code;
}
