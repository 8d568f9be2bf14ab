namespace ScepRaServer.Limits;

/// <summary>
/// How many PKI operations are in work, and how many only wait for the CA. Waiting costs no thread, so many more may
/// wait than work; who finds no free place to wait is told "pending" at once (SCEP.md H-18, R-13).
/// </summary>
/// <param name="working">Operations that may work at a time.</param>
/// <param name="holding">Operations that may wait at a time.</param>
internal sealed class OperationSlots(int working, int holding)
{
    private int freeWorking = working;
    private int freeHolding = holding;

    /// <summary>A place to work, or null when there is none.</summary>
    public Slot? TryEnter() => TryTake(ref freeWorking) ? new Slot(this) : null;

    private static bool TryTake(ref int free)
    {
        if (Interlocked.Decrement(ref free) >= 0)
        {
            return true;
        }

        Interlocked.Increment(ref free);
        return false;
    }

    /// <summary>One operation's place.</summary>
    internal sealed class Slot(OperationSlots slots) : IDisposable
    {
        private bool holds;

        /// <summary>Gives the place to work away for a place to wait; false when none is free, then nothing changes.</summary>
        public bool TryHold()
        {
            if (holds || !TryTake(ref slots.freeHolding))
            {
                return holds;
            }

            holds = true;
            Interlocked.Increment(ref slots.freeWorking);
            return true;
        }

        public void Dispose() => Interlocked.Increment(ref holds ? ref slots.freeHolding : ref slots.freeWorking);
    }
}
