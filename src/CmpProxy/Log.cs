namespace CmpProxy;

/// <summary>Every line this host logs. Ids 2000 to 2999, never used twice. Strangers' texts are made safe by the caller.</summary>
internal static partial class Log
{
    // The line of a call: no secret, no content.
    [LoggerMessage(2001, LogLevel.Information,
        "{Outcome} body={Body} alias={Alias} from={Remote} transaction={Transaction} senderKID={SenderKeyId} ms={Milliseconds} {Detail}")]
    public static partial void Call(
        this ILogger log, string outcome, string body, string alias, string remote, string transaction, string senderKeyId, double milliseconds, string detail);

    [LoggerMessage(2002, LogLevel.Critical,
        "ALARM: the answer in row {UniqueId} cannot be believed and is not passed on: {Why}. Somebody changes the message database, or the link's keys do not fit.")]
    public static partial void AnswerNotBelieved(this ILogger log, string uniqueId, string why);

    [LoggerMessage(2003, LogLevel.Error, "The message database does not answer: {Reason}")]
    public static partial void DatabaseUnreachable(this ILogger log, string reason);

    [LoggerMessage(2004, LogLevel.Warning, "Alias {Alias}: the CA could not answer transaction {Transaction}: {Reason} {Text}")]
    public static partial void RefusedByCa(this ILogger log, string alias, string transaction, string reason, string text);

    [LoggerMessage(2005, LogLevel.Error, "The CMP server {Url} is of no use: {Reason}")]
    public static partial void UpstreamFailed(this ILogger log, Uri url, string reason);

    [LoggerMessage(2006, LogLevel.Error, "A call failed inside. The client got status 500.")]
    public static partial void CallFailed(this ILogger log, Exception exception);

    [LoggerMessage(2007, LogLevel.Warning, "{Warning}")]
    public static partial void ConfigurationWarning(this ILogger log, string warning);

    [LoggerMessage(2008, LogLevel.Error, "Issuers and CRLs of a gate were not read again, the ones of before stay in use: {Reason}")]
    public static partial void TrustNotReloaded(this ILogger log, string reason);

    [LoggerMessage(2010, LogLevel.Information, "{Name} of the CA is in use, version {Version}.")]
    public static partial void NoticeTaken(this ILogger log, string name, long version);

    [LoggerMessage(2011, LogLevel.Warning, "{Name} in the message database is not the CA's newest word and is not used: {Why}. Until one comes, what was taken before counts for its time, then the CA decides.")]
    public static partial void NoticeRefused(this ILogger log, string name, string why);

    [LoggerMessage(2009, LogLevel.Information, "Alias {Alias} is served from {Backend}; the gate asks for {Gate}.")]
    public static partial void AliasServed(this ILogger log, string alias, string backend, string gate);
}
