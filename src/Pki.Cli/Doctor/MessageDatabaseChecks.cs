using ExtRa.Messages.Store;
using Pki.Cli.Configuration;
using Pki.Cli.Output;

namespace Pki.Cli.Doctor;

/// <summary>A message database: there, with its tables, and emptied by somebody.</summary>
internal sealed class MessageDatabaseChecks(Patient patient)
{
    private static readonly TimeSpan LongWait = TimeSpan.FromMinutes(1);

    // SQLSTATE of PostgreSQL and error number of MariaDB for a table or column that is not there.
    private static readonly string[] NoTable = ["42P01", "42703", "1146", "1054"];

    /// <summary>Looks at one.</summary>
    public Task RunAsync(string key, MessageStoreOptions options) => patient.GuardAsync(key, () => LookAsync(key, options));

    private async Task LookAsync(string key, MessageStoreOptions options)
    {
        await using MessageDatabase database = new MessageSource(key, options).Open(patient.Clock);
        MessageStats stats;
        try
        {
            stats = await database.Messages.StatsAsync(patient.Cancel);
        }
        catch (MessageStoreUnavailableException fault) when (NoTable.Contains(fault.Code, StringComparer.Ordinal))
        {
            patient.Findings.Fail($"{key}: the message database answers, but has not the tables of this program.", "pki database prepare makes them.");
            return;
        }
        catch (MessageStoreUnavailableException fault)
        {
            patient.Findings.Fail($"{key}: {fault.Message} {fault.InnerException?.Message}", $"Check that it runs and that {key}:ConnectionString is right.");
            return;
        }

        patient.Findings.Ok($"{key} answers: {stats.Waiting} waiting, {stats.InProcess} in process, {stats.Processed} answered.");
        if (stats.OldestWaiting > LongWait)
        {
            patient.Findings.Warn(
                $"{key}: a message has been waiting for {Texts.Span(stats.OldestWaiting.Value)}.",
                "Check that a worker for this data source and message type runs (pki worker list, its log); pki worker run-once answers what waits.");
        }
    }
}
