namespace AdminWeb;

/// <summary>Every line this host logs. Ids 5000 to 5999, never used twice. Strangers' texts are made safe by the caller.</summary>
internal static partial class Log
{
    [LoggerMessage(5001, LogLevel.Warning, "{Warning}")]
    public static partial void ConfigurationWarning(this ILogger log, string warning);

    [LoggerMessage(5002, LogLevel.Information, "'{Actor}' signed in from {Remote} by {How}; roles: {Roles}.")]
    public static partial void SignedIn(this ILogger log, string actor, string remote, string how, string roles);

    [LoggerMessage(5003, LogLevel.Warning, "Sign-in from {Remote} refused: {Why}")]
    public static partial void SignInRefused(this ILogger log, string remote, string why);

    [LoggerMessage(5004, LogLevel.Warning, "{Count} sign-ins were refused within {Seconds} s; {Unsaid} of them are not logged one by one.")]
    public static partial void ManySignInsRefused(this ILogger log, int count, int seconds, int unsaid);

    [LoggerMessage(5005, LogLevel.Warning, "'{Actor}' was refused {What}: {Why}")]
    public static partial void ActionRefused(this ILogger log, string actor, string what, string why);

    [LoggerMessage(5006, LogLevel.Information, "'{Actor}': {What}")]
    public static partial void ActionDone(this ILogger log, string actor, string what);

    [LoggerMessage(5007, LogLevel.Error, "The message database '{Name}' does not answer: {Reason}")]
    public static partial void MailboxUnreachable(this ILogger log, string name, string reason);

    [LoggerMessage(5008, LogLevel.Information, "Admin web listens on {Urls} for administrators with certificates of CA '{Issuer}'.")]
    public static partial void Listening(this ILogger log, string urls, string issuer);

    [LoggerMessage(5009, LogLevel.Error, "A page failed.")]
    public static partial void PageFailed(this ILogger log, Exception fault);
}
