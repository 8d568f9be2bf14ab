namespace Ca.Core;

/// <summary>
/// What was asked for is fine but cannot be done at this moment; it will pass by itself or by an operator's hand.
/// Callers try again later, they never answer a requester with a failure for it; where a protocol has words for "later",
/// they may use those (see <see cref="OfflineException"/>).
/// </summary>
public class NotNowException(string message, TimeSpan retryAfter, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>When another attempt makes sense.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}

/// <summary>A CA or its key cannot be used until an operator brings it back, which may take long.</summary>
public class OfflineException(string message, TimeSpan retryAfter, Exception? inner = null) : NotNowException(message, retryAfter, inner);

/// <summary>A private key is needed and its crypto token is not active.</summary>
public sealed class TokenOfflineException(string token, Exception? inner = null)
    : OfflineException($"Crypto token '{token}' is offline.", TimeSpan.FromSeconds(10), inner)
{
    /// <summary>Name of the token.</summary>
    public string Token { get; } = token;
}

/// <summary>Another request for the same end entity, key or name is being worked on.</summary>
public sealed class BusyException(string message, Exception? inner = null)
    : NotNowException(message, TimeSpan.FromMilliseconds(500), inner);
