using System.Diagnostics.CodeAnalysis;
using Pki.Protocols.Trust;

namespace Pki.Cli;

/// <summary>Ends a command: what happened, what to do about it, and the exit code.</summary>
internal sealed class CliException(string message, string whatToDo, ExitCode exitCode = ExitCode.FunctionalError, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>The cure, in one sentence.</summary>
    public string WhatToDo { get; } = whatToDo;

    /// <summary>What the caller gets.</summary>
    public ExitCode ExitCode { get; } = exitCode;

    /// <summary>A mistake on the command line that the parser could not see.</summary>
    public static CliException Usage(string message, string whatToDo) => new(message, whatToDo, ExitCode.UsageError);

    /// <summary>What the core or a codec refused.</summary>
    public static CliException From(Refusal refusal, string whatToDo) => new(
        refusal.Detail,
        whatToDo,
        refusal.Code == RefusalCode.NotAuthorized ? ExitCode.AuthorizationError : ExitCode.FunctionalError);
}

/// <summary>From an outcome to its value.</summary>
internal static class OutcomeExtensions
{
    /// <summary>The value, or the end of the command with this advice.</summary>
    [return: NotNull]
    public static T OrFail<T>(this Outcome<T> outcome, string whatToDo)
        where T : class =>
        outcome.Succeeded(out T? value, out Refusal? refusal) ? value : throw CliException.From(refusal, whatToDo);
}
