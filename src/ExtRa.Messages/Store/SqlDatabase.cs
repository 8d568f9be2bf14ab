using System.Data.Common;

namespace ExtRa.Messages.Store;

/// <summary>A named value of a statement.</summary>
/// <param name="Name">The name without its @.</param>
/// <param name="Value">A string, int, long, null, or (where the statement says list or array) a list of strings or ints.</param>
internal readonly record struct SqlValue(string Name, object? Value);

/// <summary>How an attempt to run a statement failed.</summary>
internal enum SqlFailure
{
    /// <summary>The statement is at fault: trying again would not help.</summary>
    Statement,

    /// <summary>It took too long: trying again at once would not help.</summary>
    TooSlow,

    /// <summary>Chosen as the victim of a deadlock: nothing happened, try again.</summary>
    Deadlock,

    /// <summary>The connection broke: another one may work, as after a restart of the server.</summary>
    ConnectionLost,
}

/// <summary>
/// Runs statements. Everything that is done here may be done twice: a repeat finds its own work and changes nothing,
/// which is why a lost connection or a deadlock may be answered by a second attempt.
/// </summary>
internal abstract class SqlDatabase : IAsyncDisposable
{
    private const int MaxAttempts = 3;

    /// <summary>Runs a query and reads its rows.</summary>
    public abstract Task<List<T>> QueryAsync<T>(string query, Func<DbDataReader, T> read, CancellationToken cancel, params SqlValue[] values);

    /// <summary>Runs a statement.</summary>
    /// <returns>How many rows it affected.</returns>
    public abstract Task<int> ExecuteAsync(string query, CancellationToken cancel, params SqlValue[] values);

    /// <summary>Creates what the store needs in the database, or adds what is missing.</summary>
    public abstract Task CreateSchemaAsync(CancellationToken cancel);

    /// <inheritdoc />
    public abstract ValueTask DisposeAsync();

    /// <summary>Gives up what is known to be broken, so that the next attempt connects anew.</summary>
    protected abstract void ForgetConnections();

    /// <summary>Tells failures apart; null for exceptions that are not the database's.</summary>
    protected abstract (SqlFailure Failure, string Code)? Judge(Exception exception);

    /// <summary>Makes an attempt, and further ones after deadlocks and lost connections.</summary>
    /// <exception cref="MessageStoreUnavailableException">All attempts failed.</exception>
    protected async Task<T> AttemptAsync<T>(Func<Task<T>> attempt)
    {
        for (int count = 1; ; count++)
        {
            try
            {
                return await attempt();
            }
            catch (Exception exception) when (exception is not MessageStoreUnavailableException && Judge(exception) is not null)
            {
                (SqlFailure failure, string code) = Judge(exception)!.Value;
                if (failure == SqlFailure.ConnectionLost)
                {
                    ForgetConnections();
                }

                if (failure is SqlFailure.Statement or SqlFailure.TooSlow || count == MaxAttempts)
                {
                    throw new MessageStoreUnavailableException(code, isTransient: failure != SqlFailure.Statement, exception);
                }
            }
        }
    }
}
