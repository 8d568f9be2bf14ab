using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;

namespace ExtRa.Legacy.Sealing;

/// <summary>
/// The names of our own rows in the table of a legacy CA: the transaction's name with a digest of who it belongs to
/// behind it. Another requester gets another messageid, so an equal transactionID finds nobody else's answer (FLAWS.md
/// G2); and two messageids that share a key are told apart by the messageid (B1).
/// </summary>
internal static class LegacyRowNames
{
    private const int DigestDigits = 32; // 128 bits

    public static RowNames Of(MessageType type, string messageId, ReadOnlySpan<byte> requesterBinding)
    {
        string digest = MessageIds.UniqueId(type, messageId, requesterBinding)[MessageIds.NativePrefix.Length..];
        int room = MessageLimits.MessageIdLength - DigestDigits - 1;
        string name = messageId.Length > room ? messageId[..room] : messageId;
        if (char.IsHighSurrogate(name[^1]))
        {
            name = name[..^1];
        }

        string named = $"{name}/{digest[..DigestDigits]}";
        return new(LegacyIds.UniqueId(type, named), named);
    }
}
