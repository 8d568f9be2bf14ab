using CmpProxy.Configuration;
using Pki.Hosting;

namespace CmpProxy.Limits;

/// <summary>How often an address may call, how much it may bring and what its MACs may cost, and how often a senderKID may occur (CMP-P-7).</summary>
internal sealed class CallRates(LimitOptions limits, TimeProvider clock)
{
    private readonly SourceBudget addresses = new(limits.CallBurst, limits.CallsPerMinute, clock);
    private readonly SourceBudget octets = new(limits.OctetsPerMinute, limits.OctetsPerMinute, clock);
    private readonly SourceBudget macs = new(limits.MacIterationsPerMinute, limits.MacIterationsPerMinute, clock);
    private readonly SourceBudget keyIds = new(limits.KeyIdBurst, limits.KeyIdCallsPerMinute, clock);
    private readonly SourceBudget locked = new(limits.LockedKeyIdCallsPerMinute, limits.LockedKeyIdCallsPerMinute, clock);

    /// <summary>Counts a call; false when the address has made too many.</summary>
    public bool TryCall(string address) => addresses.TryTake(address, 1);

    /// <summary>Counts the octets of a body; false when the address has brought too many. Each message is kept for weeks on both sides.</summary>
    public bool TryBring(string address, int length) => octets.TryTake(address, length);

    /// <summary>Counts what the MACs of a message cost the CA; false when those of the address have cost too much.</summary>
    /// <param name="address">Where it comes from.</param>
    /// <param name="iterations">As its parameters say, see <see cref="Gate.MessageScreening.IterationsOf"/>.</param>
    public bool TryCost(string address, long iterations) => iterations == 0 || macs.TryTake(address, iterations);

    /// <summary>Counts a message; false when there were too many with this senderKID.</summary>
    public bool TryUse(ReadOnlyMemory<byte> keyId) => keyIds.TryTake(Convert.ToHexStringLower(keyId.Span), 1);

    /// <summary>Counts a message of a sender that is locked out at the CA; false when there were too many.</summary>
    public bool TryKnock(string sender) => locked.TryTake(sender, 1);
}
