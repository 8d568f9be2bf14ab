using System.Security.Cryptography;
using Pki.Hosting;
using Pki.Protocols.Scep;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using ScepRaServer.Aliases;
using ScepRaServer.Operations;

namespace ScepRaServer.Observing;

/// <summary>
/// One line and one count for each PKI operation (SCEP.md L-03). Never the challenge, never the request itself; what a
/// stranger wrote is escaped and cut (L-04).
/// </summary>
internal sealed class AuditTrail(ScepMetrics metrics, TimeProvider clock, ILogger<AuditTrail> log)
{
    private const string Unknown = "-";

    /// <summary>A point in time to measure from.</summary>
    public long Now => clock.GetTimestamp();

    /// <summary>A message of which nothing can be read.</summary>
    public void Unreadable(string source, Refusal refusal)
    {
        metrics.Count("PKIOperation", "unreadable");
        log.Operation("PKIOperation", "unreadable", Unknown, Unknown, source, Unknown, Unknown, Unknown, Unknown, Unknown, Unknown, Unknown, Unknown, 0, LogText.Of(refusal.ToString()));
    }

    /// <summary>A message and what became of it.</summary>
    public void Decided(ScepEnvelope envelope, CertificationRequest? request, ScepAlias alias, string source, Decision decision, long start)
    {
        string operation = envelope.MessageType?.ToString() ?? "unknown";
        metrics.Count(operation, decision.Outcome);
        if (!log.IsEnabled(LogLevel.Information))
        {
            return;
        }

        ScepFailure? failure = (decision as Decision.Failure)?.Why;
        log.Operation(
            operation,
            decision.Outcome,
            failure?.Info.ToString() ?? Unknown,
            alias.Name,
            source,
            LogText.Of(envelope.TransactionId.ToString()),
            LogText.Of(envelope.MessageTypeText),
            LogText.Of(envelope.Signer?.Subject.ToString()),
            envelope.Signer is { } signer ? Convert.ToHexStringLower(signer.PublicKey.Sha256()) : Unknown,
            LogText.Of(request?.Subject.ToString()),
            request is null ? Unknown : Convert.ToHexStringLower(SHA256.HashData(request.Encoded.Span)),
            envelope.Digest?.Name ?? Unknown,
            envelope.Cipher?.ToString() ?? Unknown,
            Math.Round(clock.GetElapsedTime(start).TotalMilliseconds, 1),
            LogText.Of(failure?.Detail ?? IssuedBy(decision)));
    }

    private static string IssuedBy(Decision decision) =>
        decision is Decision.Certificates { InOrder: [var issued, ..] } ? $"issued {issued.Subject}, serial {issued.Serial}" : "";
}
