using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Ca.Core.Storage;

/// <summary>
/// Drops the pooled connections once client and server disagree about prepared statements: a conversation that broke off,
/// as when the server restarts, may leave one on which a name is taken (42P05) or gone (26000), and every later use of it
/// would fail the same way.
/// </summary>
internal sealed class LostPreparations : DbCommandInterceptor, ISaveChangesInterceptor
{
    /// <inheritdoc />
    public override void CommandFailed(DbCommand command, CommandErrorEventData eventData) => Look(eventData.Exception, command.Connection);

    /// <inheritdoc />
    public override Task CommandFailedAsync(DbCommand command, CommandErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        Look(eventData.Exception, command.Connection);
        return Task.CompletedTask;
    }

    /// <summary>Of a batch the first statement's failure alone is one of a command.</summary>
    public void SaveChangesFailed(DbContextErrorEventData eventData) => Look(eventData.Exception, eventData.Context?.Database.GetDbConnection());

    /// <inheritdoc cref="SaveChangesFailed" />
    public Task SaveChangesFailedAsync(DbContextErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        SaveChangesFailed(eventData);
        return Task.CompletedTask;
    }

    private static void Look(Exception failure, DbConnection? connection)
    {
        if ((failure as PostgresException ?? failure.InnerException as PostgresException)?.SqlState is PostgresErrorCodes.DuplicatePreparedStatement or PostgresErrorCodes.InvalidSqlStatementName
            && connection is NpgsqlConnection pooled)
        {
            NpgsqlConnection.ClearPool(pooled);
        }
    }
}
