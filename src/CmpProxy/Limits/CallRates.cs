using CmpProxy.Configuration;
using Pki.Hosting;

namespace CmpProxy.Limits;

/// <summary>How often an address may call, and a senderKID may occur (CMP-P-7).</summary>
internal sealed class CallRates(LimitOptions limits, TimeProvider clock)
{
    private readonly SourceBudget addresses = new(limits.CallBurst, limits.CallsPerMinute, clock);
    private readonly SourceBudget keyIds = new(limits.KeyIdBurst, limits.KeyIdCallsPerMinute, clock);

    private readonly SourceBudget locked = new(limits.LockedKeyIdCallsPerMinute, limits.LockedKeyIdCallsPerMinute, clock);

    /// <summary>Counts a call; false when the address has made too many.</summary>
    public bool TryCall(string address) => TryTake(addresses, address);

    /// <summary>Counts a message; false when there were too many with this senderKID.</summary>
    public bool TryUse(ReadOnlyMemory<byte> keyId) => TryTake(keyIds, Convert.ToHexStringLower(keyId.Span));

    /// <summary>Counts a message of a sender that is locked out at the CA; false when there were too many.</summary>
    public bool TryKnock(string sender) => TryTake(locked, sender);

    private static bool TryTake(SourceBudget budget, string source)
    {
        if (!budget.HasRoom(source))
        {
            return false;
        }

        budget.Spend(source);
        return true;
    }
}
