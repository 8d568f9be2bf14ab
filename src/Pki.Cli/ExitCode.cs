namespace Pki.Cli;

/// <summary>What the caller of <c>pki</c> learns; the same numbers as legacy scripts expect (CA_CORE.md 14).</summary>
internal enum ExitCode
{
    /// <summary>Done.</summary>
    Success = 0,

    /// <summary>It could not be done: refused, not found, not reachable, or a check found something wrong.</summary>
    FunctionalError = 1,

    /// <summary>Whoever asks lacks the right: a role, a PIN, a file permission.</summary>
    AuthorizationError = 2,

    /// <summary>The command line itself is wrong.</summary>
    UsageError = 3,
}
