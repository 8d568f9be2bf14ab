using System.Data.Common;
using Ca.Core.Ledger;
using ExtRa.Messages.Store;
using Microsoft.Extensions.Options;

namespace CaServiceWorker;

/// <summary>Tells faults that pass by themselves from those that do not (ARCHITECTURE.md 6).</summary>
internal static class Faults
{
    /// <summary>True for a database that is away or busy, and for a race that was lost.</summary>
    public static bool IsTransient(Exception fault) => fault switch
    {
        MessageStoreUnavailableException or ConcurrentChangeException or TimeoutException or IOException => true,
        DbException database => database.IsTransient || database.InnerException is IOException or TimeoutException,
        _ => fault.InnerException is { } inner && IsTransient(inner),
    };

    /// <summary>True for what a person must put right in the configuration; its message says what.</summary>
    public static bool IsConfiguration(Exception fault) =>
        fault is OptionsValidationException or InvalidOperationException or ArgumentException or InvalidDataException or FileNotFoundException;
}
