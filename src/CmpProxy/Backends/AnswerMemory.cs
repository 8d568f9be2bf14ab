namespace CmpProxy.Backends;

/// <summary>
/// The exchanges under way and the answers of late, by request, where there is no message database to remember them
/// (CMP-T-17). Bounded: what is forgotten early costs a repetition that the other server sees and refuses.
/// </summary>
internal sealed class AnswerMemory(TimeProvider clock)
{
    private const int MaxRemembered = 2000;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Exchange> exchanges = new(StringComparer.Ordinal);
    private readonly Queue<(string Key, Exchange Exchange)> order = new();

    /// <summary>The exchange of this request: the one that there is, or a new one.</summary>
    /// <param name="request">The request's digest.</param>
    /// <param name="window">How long an answer is remembered.</param>
    /// <param name="begin">Begins the exchange.</param>
    public Task<BackendAnswer> Join(byte[] request, TimeSpan window, Func<Task<BackendAnswer>> begin)
    {
        string key = Convert.ToHexStringLower(request);
        lock (gate)
        {
            if (exchanges.TryGetValue(key, out Exchange? there) && IsWorth(there, window))
            {
                return there.Answer;
            }

            var exchange = new Exchange(Task.Run(begin), clock.GetTimestamp());
            exchanges[key] = exchange;
            order.Enqueue((key, exchange));
            ForgetOldest();
            return exchange.Answer;
        }
    }

    // Only an answer is remembered: what failed is tried again, and what could not be done just then.
    private bool IsWorth(Exchange exchange, TimeSpan window) => !exchange.Answer.IsCompleted
        || (exchange.Answer is { IsCompletedSuccessfully: true, Result: BackendAnswer.Answered answered } && !AnswerCheck.IsUnavailable(answered.Encoded) && clock.GetElapsedTime(exchange.Since) <= window);

    // Exchanges under way are few, bounded by the calls that are held; the oldest are over.
    private void ForgetOldest()
    {
        while (order.Count > MaxRemembered)
        {
            (string key, Exchange exchange) = order.Dequeue();
            if (exchanges.TryGetValue(key, out Exchange? there) && ReferenceEquals(there, exchange))
            {
                exchanges.Remove(key);
            }
        }
    }

    private sealed record Exchange(Task<BackendAnswer> Answer, long Since);
}
