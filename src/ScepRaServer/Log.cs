namespace ScepRaServer;

/// <summary>Every line this host logs. Ids 1000 to 1999, never used twice. Strangers' texts are made safe by the caller.</summary>
internal static partial class Log
{
    // The audit line of a PKI operation: no challenge, no request content (SCEP.md L-03).
    [LoggerMessage(1001, LogLevel.Information,
        "{Operation} {Outcome} failInfo={FailInfo} alias={Alias} from={Remote} transaction={Transaction} type={MessageType} signer={Signer} signerKey={SignerKey} subject={Subject} request={RequestFingerprint} digest={Digest} cipher={Cipher} ms={Milliseconds} {Detail}")]
    public static partial void Operation(
        this ILogger log, string operation, string outcome, string failInfo, string alias, string remote, string transaction, string messageType,
        string signer, string signerKey, string subject, string requestFingerprint, string digest, string cipher, double milliseconds, string detail);

    [LoggerMessage(1002, LogLevel.Warning, "Alias {Alias}: a request from {Remote} uses DES or MD5.")]
    public static partial void LegacyAlgorithm(this ILogger log, string alias, string remote);

    [LoggerMessage(1003, LogLevel.Critical,
        "ALARM: the answer in row {UniqueId} cannot be believed and is not passed on: {Why}. Somebody changes the message database, or the link's keys do not fit.")]
    public static partial void AnswerNotBelieved(this ILogger log, string uniqueId, string why);

    [LoggerMessage(1004, LogLevel.Critical,
        "ALARM: alias {Alias}: a one-time challenge that was used for {FirstUse} is used again from {Remote} for '{Subject}'.")]
    public static partial void ChallengeReused(this ILogger log, string alias, string remote, string subject, string firstUse);

    [LoggerMessage(1005, LogLevel.Warning, "Alias {Alias}: transaction {Transaction} from {Remote} repeats with other content; the first stands.")]
    public static partial void TransactionConflict(this ILogger log, string alias, string transaction, string remote);

    [LoggerMessage(1006, LogLevel.Information,
        "Request {PendingCode} waits for the CA: alias {Alias}, subject '{Subject}', PKCS#10 SHA-256 {Sha256}, SHA-1 {Sha1}, MD5 {Md5}.")]
    public static partial void RequestStored(this ILogger log, string pendingCode, string alias, string subject, string sha256, string sha1, string md5);

    [LoggerMessage(1007, LogLevel.Error, "The message database does not answer: {Reason}")]
    public static partial void QueueUnreachable(this ILogger log, string reason);

    [LoggerMessage(1008, LogLevel.Information,
        "Alias {Alias} serves CA '{CaName}'. {Role} certificate '{Subject}' until {NotAfter:u}, SHA-256 {Sha256}, SHA-1 {Sha1}, MD5 {Md5}.")]
    public static partial void CertificateInUse(
        this ILogger log, string alias, string caName, string role, string subject, DateTimeOffset notAfter, string sha256, string sha1, string md5);

    [LoggerMessage(1009, LogLevel.Warning, "{Warning}")]
    public static partial void ConfigurationWarning(this ILogger log, string warning);

    [LoggerMessage(1010, LogLevel.Warning, "Alias {Alias}: the RA certificate '{Subject}' ends in {Days} days, on {NotAfter:u}.")]
    public static partial void RaCertificateEnds(this ILogger log, string alias, string subject, int days, DateTimeOffset notAfter);

    [LoggerMessage(1011, LogLevel.Error, "Alias {Alias}: the RA certificate '{Subject}' ended on {NotAfter:u}; certmonger and strongSwan refuse its answers.")]
    public static partial void RaCertificateEnded(this ILogger log, string alias, string subject, DateTimeOffset notAfter);

    [LoggerMessage(1012, LogLevel.Critical,
        "ALARM: the certificate in row {UniqueId} is not for its requester and is not passed on: {Why}.")]
    public static partial void CertificateNotForRequester(this ILogger log, string uniqueId, string why);

    [LoggerMessage(1013, LogLevel.Warning, "The publication '{Name}' is not used: {Why}.")]
    public static partial void PublicationRefused(this ILogger log, string name, string why);

    [LoggerMessage(1014, LogLevel.Information, "The publication '{Name}' is used from now on.")]
    public static partial void PublicationTaken(this ILogger log, string name);

    [LoggerMessage(1015, LogLevel.Error, "A call failed inside. The client got status 500.")]
    public static partial void CallFailed(this ILogger log, Exception exception);

    [LoggerMessage(1016, LogLevel.Warning, "Alias {Alias}: the renewal of '{Subject}' keeps its key.")]
    public static partial void RenewalKeepsKey(this ILogger log, string alias, string subject);

    [LoggerMessage(1017, LogLevel.Information, "Alias {Alias}: the CA refused transaction {Transaction}: {Reason} {Text}")]
    public static partial void RefusedByCa(this ILogger log, string alias, string transaction, string reason, string text);

    [LoggerMessage(1018, LogLevel.Information, "The legacy CA reads requests of this server and answers them.")]
    public static partial void LegacyCaReads(this ILogger log);

    [LoggerMessage(1019, LogLevel.Error, "The legacy CA does not understand this server ({Verdict}). {Advice} {Reason}")]
    public static partial void LegacyCaDoesNot(this ILogger log, ExtRa.Legacy.Client.LegacyCaVerdict verdict, string advice, string reason);
}
