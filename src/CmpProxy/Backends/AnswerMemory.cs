namespace CmpProxy.Backends;

/// <summary>
/// The exchanges under way and the answers of late, by request, where there is no message database to remember them
/// (CMP-T-17). Bounded in number and octets: what is forgotten early costs a repetition that the other server sees and
/// refuses.
/// </summary>
/// <param name="clock">Now.</param>
/// <param name="window">How long an answer is remembered.</param>
/// <param name="maxOctets">The most octets of all answers together.</param>
internal sealed class AnswerMemory(TimeProvider clock, TimeSpan window, long maxOctets = 64 * 1024 * 1024)
{
    private const int MaxRemembered = 2000;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Exchange> exchanges = new(StringComparer.Ordinal);
    private readonly Queue<Exchange> order = new();
    private long octets;

    /// <summary>The exchange of this request: the one that there is, or a new one.</summary>
    /// <param name="request">The request's digest.</param>
    /// <param name="begin">Begins the exchange.</param>
    public Task<BackendAnswer> Join(byte[] request, Func<Task<BackendAnswer>> begin)
    {
        string key = Convert.ToHexStringLower(request);
        lock (gate)
        {
            ForgetOldest();
            if (exchanges.TryGetValue(key, out Exchange? there) && IsWorth(there))
            {
                return there.Answer;
            }

            var exchange = new Exchange(key, clock.GetTimestamp());
            exchange.Answer = Task.Run(() => AskAsync(exchange, begin));
            exchanges[key] = exchange;
            order.Enqueue(exchange);
            return exchange.Answer;
        }
    }

    private async Task<BackendAnswer> AskAsync(Exchange exchange, Func<Task<BackendAnswer>> begin)
    {
        BackendAnswer answer = await begin();
        lock (gate)
        {
            if (!exchange.IsForgotten && answer is BackendAnswer.Answered answered)
            {
                octets += exchange.Octets = answered.Encoded.Length;
                ForgetOldest();
            }
        }

        return answer;
    }

    // Only an answer is remembered: what failed is tried again, and what could not be done just then.
    private bool IsWorth(Exchange exchange) => !exchange.Answer.IsCompleted
        || (exchange.Answer is { IsCompletedSuccessfully: true, Result: BackendAnswer.Answered answered } && !AnswerCheck.IsUnavailable(answered.Encoded) && !IsOld(exchange));

    private bool IsOld(Exchange exchange) => clock.GetElapsedTime(exchange.Since) > window;

    private void ForgetOldest()
    {
        while (order.TryPeek(out Exchange? oldest) && (order.Count > MaxRemembered || octets > maxOctets || (IsOld(oldest) && oldest.Answer.IsCompleted)))
        {
            order.Dequeue();
            oldest.IsForgotten = true;
            octets -= oldest.Octets;
            if (exchanges.TryGetValue(oldest.Key, out Exchange? there) && ReferenceEquals(there, oldest))
            {
                exchanges.Remove(oldest.Key);
            }
        }
    }

    private sealed class Exchange(string key, long since)
    {
        public string Key { get; } = key;

        public long Since { get; } = since;

        public Task<BackendAnswer> Answer { get; set; } = null!;

        public long Octets { get; set; }

        public bool IsForgotten { get; set; }
    }
}
