using System.Data.Common;
using Ca.Core.Ledger;
using ExtRa.Messages.Store;

namespace CaServiceWorker;

/// <summary>Tells faults that pass by themselves from those that do not (ARCHITECTURE.md 6).</summary>
internal static class Faults
{
    /// <summary>
    /// What nobody expected is tried this often before it becomes a failure answer: that answer is final, and many a
    /// fault was gone a second later.
    /// </summary>
    public const int TriesOfTheUnexpected = 3;

    /// <summary>True for a database that is away or busy, and for a race that was lost.</summary>
    public static bool IsTransient(Exception fault) => IsLostRace(fault) || IsAway(fault);

    /// <summary>True where a database is away or busy: whatever is tried meets the same, and nobody's request is at fault.</summary>
    public static bool IsAway(Exception fault) => fault switch
    {
        MessageStoreUnavailableException store => store.IsTransient,
        TimeoutException or IOException => true,
        DbException database => database.IsTransient || PassesByItself(database.SqlState) || database.InnerException is IOException or TimeoutException,
        _ => fault.InnerException is { } inner && IsAway(inner),
    };

    private static bool IsLostRace(Exception fault) =>
        fault is ConcurrentChangeException || (fault.InnerException is { } inner && IsLostRace(inner));

    // Classes 08 connection, 40 rollback, 53 resources, 57 operator (shutdown, cancelled), 58 system; 25P03: we were frozen inside
    // a transaction; 42P05 and 26000: a connection lost count of its prepared statements, and is dropped.
    private static bool PassesByItself(string? sqlState) => sqlState is ['0', '8', ..] or ['4', '0', ..] or ['5', '3' or '7' or '8', ..] or "25P03" or "42P05" or "26000";
}
