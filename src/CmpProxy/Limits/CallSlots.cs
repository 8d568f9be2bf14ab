using CmpProxy.Aliases;
using CmpProxy.Configuration;

namespace CmpProxy.Limits;

/// <summary>
/// How many calls are held or in work, of all, of each address and of each alias (CMP-T-16). A held call costs no thread
/// but memory and a connection; who finds no free place is told to come again.
/// </summary>
/// <param name="total">Most calls.</param>
/// <param name="perAddress">Most calls of one address.</param>
internal sealed class CallSlots(int total, int perAddress)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> ofAddress = new(StringComparer.Ordinal);
    private readonly Dictionary<AliasOptions, int> ofAlias = []; // by its settings: the names behind * are a stranger's to choose
    private int all;

    /// <summary>Calls that have a place now.</summary>
    public int InUse
    {
        get
        {
            lock (gate)
            {
                return all;
            }
        }
    }

    /// <summary>A place, or null when there is none.</summary>
    public Slot? TryEnter(string address, CmpAlias alias)
    {
        lock (gate)
        {
            int here = ofAddress.GetValueOrDefault(address);
            int there = ofAlias.GetValueOrDefault(alias.Options);
            if (all >= total || here >= perAddress || there >= alias.Options.HeldCalls)
            {
                return null;
            }

            all++;
            ofAddress[address] = here + 1;
            ofAlias[alias.Options] = there + 1;
            return new(this, address, alias.Options);
        }
    }

    private void Leave(string address, AliasOptions alias)
    {
        lock (gate)
        {
            all--;
            Decrement(ofAddress, address);
            Decrement(ofAlias, alias);
        }
    }

    // What is zero is forgotten: addresses are a stranger's to choose.
    private static void Decrement<TKey>(Dictionary<TKey, int> counts, TKey key)
        where TKey : notnull
    {
        if (--counts[key] == 0)
        {
            counts.Remove(key);
        }
    }

    /// <summary>One call's place.</summary>
    internal sealed class Slot(CallSlots slots, string address, AliasOptions alias) : IDisposable
    {
        public void Dispose() => slots.Leave(address, alias);
    }
}
