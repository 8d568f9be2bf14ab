using System.Diagnostics.Metrics;

namespace ExtRa.Messages.Store;

/// <summary>What the store counts. Tags come from closed lists; nothing a client sent.</summary>
internal static class StoreMetrics
{
    private static readonly Meter Meter = new("Pki.ExtRa");

    public static readonly Counter<long> Created = Meter.CreateCounter<long>("extra.messages.created", "{message}", "Requests stored, by outcome.");

    public static readonly Counter<long> Claimed = Meter.CreateCounter<long>("extra.messages.claimed", "{message}", "Messages taken by workers.");

    public static readonly Counter<long> Answered = Meter.CreateCounter<long>("extra.messages.answered", "{message}", "Answers, by whether they were stored or came too late.");

    public static readonly Counter<long> Released = Meter.CreateCounter<long>("extra.messages.released", "{message}", "Messages given back to wait.");

    public static readonly Histogram<int> Batches = Meter.CreateHistogram<int>("extra.store.batch", "{message}", "Requests that shared one commit.");

    public static readonly Counter<long> DoorbellLosses = Meter.CreateCounter<long>("extra.doorbell.losses", "{connection}", "Connections for notifications that broke or could not be made.");

    public static KeyValuePair<string, object?> Outcome(string outcome) => new("outcome", outcome);
}
