using System.Globalization;

namespace Ca.Core.EndEntities;

/// <summary>Start and end times of an end entity (CA_CORE §5.4): <c>d:h:m</c> from now, or <c>yyyy-MM-dd HH:mm</c> UTC.</summary>
internal static class UserTime
{
    public static bool IsRelative(string text) => text.Split(':').Length == 3;

    /// <summary>The moment it means; null when it means none.</summary>
    public static DateTimeOffset? Parse(string text, DateTimeOffset now)
    {
        if (DateTimeOffset.TryParseExact(text, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset date))
        {
            return date;
        }

        string[] parts = text.Split(':');
        Span<int> numbers = stackalloc int[3];
        for (int i = 0; i < 3; i++)
        {
            if (parts.Length != 3 || !int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]) || numbers[i] > 1_000_000)
            {
                return null;
            }
        }

        return now + TimeSpan.FromDays(numbers[0]) + TimeSpan.FromHours(numbers[1]) + TimeSpan.FromMinutes(numbers[2]);
    }
}
