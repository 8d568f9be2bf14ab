using System.Buffers;
using System.Text;

namespace ExtRa.Messages.Store;

/// <summary>What a row may hold. Checked before the database sees anything, so that it fails in the same way everywhere.</summary>
public static class MessageLimits
{
    /// <summary>The width of the column uniqueId.</summary>
    public const int UniqueIdLength = 250;

    /// <summary>The width of the column messageid.</summary>
    public const int MessageIdLength = 255;

    /// <summary>The most characters of a sealed message: 4.5 MiB of CMS in base64. What is longer is neither stored nor read.</summary>
    public const int MessageLength = 6 * 1024 * 1024;

    /// <summary>
    /// The most characters of the messages that one claim brings, so that no rows together exhaust a worker. One of each kind
    /// always fits: one that came back from a worker, one that came back in time, the oldest and the newest.
    /// </summary>
    public const int ClaimLength = 4 * MessageLength;

    private const int DigestLength = 64;
    private const string Digits = "0123456789abcdef";
    private static readonly SearchValues<char> HexDigits = SearchValues.Create(Digits);
    private static readonly SearchValues<char> KeyCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:");

    /// <summary>Refuses a message that no row may hold.</summary>
    /// <exception cref="InvalidMessageException">It breaks a rule.</exception>
    public static void Check(NewMessage message)
    {
        CheckUniqueId(message.UniqueId);
        CheckMessageId(message.MessageId);
        CheckText(message.Message);
        CheckDigest(message.RequestDigest);
    }

    /// <summary>Refuses a key that is no key. It goes into notifications, logs and addresses, so it has a small alphabet.</summary>
    public static void CheckUniqueId(string uniqueId)
    {
        if (!IsUniqueId(uniqueId))
        {
            throw new InvalidMessageException("A uniqueId has 1 to 250 letters, digits and - _ . : characters.");
        }
    }

    /// <summary>False for a key that no message of ours and no honest legacy row has.</summary>
    public static bool IsUniqueId(string uniqueId) => uniqueId.Length is > 0 and <= UniqueIdLength && !uniqueId.AsSpan().ContainsAnyExcept(KeyCharacters);

    /// <summary>
    /// Refuses a transaction name with characters that could forge a log line or hide what it says: controls, line
    /// separators, format characters such as direction overrides, and halves of surrogate pairs.
    /// </summary>
    public static void CheckMessageId(string messageId)
    {
        if (messageId.Length is 0 or > MessageIdLength)
        {
            throw new InvalidMessageException("A messageId has 1 to 255 characters.");
        }

        if (!Printable.IsPrintable(messageId))
        {
            throw new InvalidMessageException("A messageId has no control, format or line separator characters.");
        }
    }

    /// <summary>Refuses a sealed message that is too large, or not the ASCII that base64 and the legacy XML form are.</summary>
    public static void CheckText(string message)
    {
        if (message.Length is 0 or > MessageLength)
        {
            throw new InvalidMessageException("A sealed message has 1 to 6 Mi characters.");
        }

        if (!Ascii.IsValid(message) || message.Contains('\0', StringComparison.Ordinal))
        {
            throw new InvalidMessageException("A sealed message is ASCII without NUL.");
        }
    }

    internal static void CheckDigest(string digest)
    {
        if (digest.Length != DigestLength || digest.AsSpan().ContainsAnyExcept(HexDigits))
        {
            throw new InvalidMessageException("A digest or MAC has 64 lower-case hex digits.");
        }
    }
}
