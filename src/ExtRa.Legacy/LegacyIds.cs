using System.Globalization;
using ExtRa.Messages.Store;

namespace ExtRa.Legacy;

/// <summary>The keys of legacy rows (WIRE.md 1.5): 32 bits of hash, so that two names may share a row (FLAWS.md B1).</summary>
public static class LegacyIds
{
    /// <summary>Decimal hash of the messageid, and right behind it the decimal type.</summary>
    public static string UniqueId(MessageType type, string messageId) =>
        string.Create(CultureInfo.InvariantCulture, $"{JavaHash(messageId)}{(int)type}");

    /// <summary>Java's <c>String.hashCode()</c>: h = 31h + u for every UTF-16 unit, modulo 2³², signed.</summary>
    public static int JavaHash(string text)
    {
        int hash = 0;
        foreach (char unit in text)
        {
            hash = unchecked((31 * hash) + unit);
        }

        return hash;
    }
}
