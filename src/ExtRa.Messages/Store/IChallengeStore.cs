namespace ExtRa.Messages.Store;

/// <summary>A one-time challenge password, known here by its MAC only.</summary>
/// <param name="Alias">The SCEP configuration it belongs to, at most 64 characters.</param>
/// <param name="Mac">64 lower-case hex digits: HMAC-SHA-256 of the password.</param>
/// <param name="Subject">The only subject it may be used for, or null.</param>
/// <param name="Expires">When it ends, milliseconds since 1970 by the database's clock.</param>
/// <param name="HasExpired">True when that time has come.</param>
/// <param name="ConsumedBy">The message it was used for.</param>
/// <param name="ConsumedAt">When it was used.</param>
public sealed record Challenge(string Alias, string Mac, string? Subject, long Expires, bool HasExpired, string? ConsumedBy, long? ConsumedAt);

/// <summary>The table <c>scep_challenge</c>.</summary>
public interface IChallengeStore
{
    /// <summary>Adds a challenge that is valid for a while from now.</summary>
    /// <returns>False if it is there already.</returns>
    Task<bool> AddAsync(string alias, string mac, string? subject, TimeSpan validFor, CancellationToken cancel);

    /// <summary>A challenge, used or expired ones included; null if there is none.</summary>
    Task<Challenge?> FindAsync(string alias, string mac, CancellationToken cancel);

    /// <summary>Uses a challenge for one message. The same message may use it again; of two, only one succeeds.</summary>
    /// <returns>True if the message may use it.</returns>
    Task<bool> ConsumeAsync(string alias, string mac, string uniqueId, CancellationToken cancel);

    /// <summary>Removes up to <paramref name="limit"/> challenges that expired at least the given age ago.</summary>
    /// <returns>How many were removed.</returns>
    Task<int> PurgeAsync(TimeSpan expiredSince, int limit, CancellationToken cancel);
}
