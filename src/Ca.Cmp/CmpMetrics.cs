using System.Diagnostics.Metrics;

namespace Ca.Cmp;

/// <summary>What the engine counts.</summary>
internal static class CmpMetrics
{
    private static readonly Meter Meter = new("Pki.ExtRa");

    private static readonly Counter<long> WeakNonces = Meter.CreateCounter<long>("cmp.nonces.weak", "{message}", "Messages without a senderNonce of at least 16 octets, by alias and whether they were accepted.");

    private static readonly Counter<long> EarlyPolls = Meter.CreateCounter<long>("cmp.polls.early", "{message}", "Polls that came before half of the time that the client was told to wait, by alias.");

    /// <summary>CMP-O-62: such clients ask more often than they were told to.</summary>
    /// <param name="alias">Name of the alias: one that exists.</param>
    public static void CountEarlyPoll(string alias) => EarlyPolls.Add(1, new KeyValuePair<string, object?>("alias", alias));

    /// <summary>CMP-H-10: such senders could be played old answers.</summary>
    /// <param name="alias">Name of the alias: one that exists.</param>
    /// <param name="accepted">False where the alias demands a nonce.</param>
    public static void CountWeakNonce(string alias, bool accepted) => WeakNonces.Add(1, new("alias", alias), new("accepted", accepted));
}
