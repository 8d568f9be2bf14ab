using System.Globalization;

namespace ExtRa.Messages.Store.PostgreSql;

/// <summary>
/// Reads messages that a legacy program of version 6 keeps as large objects: the column then holds nothing but the
/// object's number (WIRE.md 1.3). Any other column costs a look at its length.
/// </summary>
internal sealed class LargeObjects(PostgreSqlDatabase database)
{
    private const int MostDigits = 10;

    /// <summary>True for a column that is a number.</summary>
    public static bool IsNumber(string? column) => column is { Length: > 0 and <= MostDigits } && column.All(char.IsAsciiDigit);

    /// <summary>
    /// The object's text; the number again when there is no such object, it is not ours to read, or no text. One
    /// row's object must not keep the others from being claimed.
    /// </summary>
    public async Task<string> ReadAsync(string number, CancellationToken cancel)
    {
        long oid = long.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture);
        if (oid > uint.MaxValue)
        {
            return number;
        }

        try
        {
            List<string> texts = await database.QueryAsync(
                "read_large_object", row => row.GetString(0), cancel, new SqlValue("number", oid), new("limit", MessageLimits.MessageLength + 1)); // one more, so that the reader sees that it is too long
            return texts is [var text] ? text : number;
        }
        catch (MessageStoreUnavailableException unreadable) when (!unreadable.IsTransient)
        {
            return number;
        }
    }
}
