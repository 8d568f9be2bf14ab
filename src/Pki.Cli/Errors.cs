using System.Data.Common;
using System.Net.Sockets;
using Ca.Core;
using Ca.Core.Approvals;
using ExtRa.Messages.Store;
using Microsoft.Extensions.Options;
using Pki.Cli.Output;

namespace Pki.Cli;

/// <summary>Turns whatever ended a command into two lines for a person: what happened, and what to do.</summary>
internal static class Errors
{
    private const string TraceVariable = "PKI_TRACE";

    /// <summary>The last resort of every command.</summary>
    public static CliException Explain(Exception fault, CancellationToken cancel) => fault switch
    {
        CliException said => said,
        OperationCanceledException when cancel.IsCancellationRequested => new("Stopped before it was finished.", "Run it again.", inner: fault),
        UnauthorizedAccessException => new(fault.Message, "Run it as the user that owns the file, or give this user the right.", ExitCode.AuthorizationError, fault),
        Npgsql.PostgresException { SqlState: Npgsql.PostgresErrorCodes.UndefinedTable } => new("The database has not the tables of this program.", "pki database prepare makes them.", inner: fault),
        MessageStoreUnavailableException { Code: Npgsql.PostgresErrorCodes.UndefinedTable } => new("The message database has not the tables of this program.", "pki database prepare makes them.", inner: fault),
        MessageStoreUnavailableException => new($"{fault.Message} {fault.InnerException?.Message}", "Check that it runs and that its ConnectionString is right; pki doctor tells more.", inner: fault),
        OptionsValidationException wrong => new(string.Join(' ', wrong.Failures), "Correct the configuration file.", inner: fault),
        ApprovalPendingException pending => new(fault.Message, $"Have it approved (pki approval show {pending.Id}); then run the same command again.", inner: fault),
        TokenOfflineException => new(fault.Message, "Set Ca:TokenPinFiles for it to the file with its PIN.", ExitCode.AuthorizationError, fault),
        NotNowException => new(fault.Message, "Run it again.", inner: fault),
        InvalidOperationException { InnerException: DbException or SocketException } => Explain(fault.InnerException, cancel), // Entity Framework's wrapping
        DbException or SocketException => new($"The database does not answer: {fault.Message}", "Check that it runs and that the connection string is right; pki doctor tells more.", inner: fault),
        HttpRequestException => new($"The server does not answer: {fault.Message}", "Check the URL, that the server runs, and the way to it; curl with the same URL tells more.", inner: fault),
        TimeoutException or OperationCanceledException => new("It took too long and was given up.", "Check that the server runs and the way to it; then run it again.", inner: fault),
        IOException => new(fault.Message, "Check path, permissions and free space.", inner: fault),
        _ => new($"{fault.GetType().Name}: {fault.Message}", $"This should not happen. Run it again with {TraceVariable}=1 to see where, and report it.", inner: fault),
    };

    /// <summary>Writes it to standard error; the stack trace only where asked for.</summary>
    public static void Print(Terminal terminal, CliException said)
    {
        terminal.Error.WriteLine($"error: {said.Message}");
        terminal.Error.WriteLine($"what to do: {said.WhatToDo}");
        if (terminal.Variable(TraceVariable) is "1" && said.InnerException is { } cause)
        {
            terminal.Error.WriteLine(cause);
        }
    }
}
