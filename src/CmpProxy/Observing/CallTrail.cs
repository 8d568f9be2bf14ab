using System.Text;
using CmpProxy.Http;
using Pki.Hosting;
using Pki.Protocols.Cmp;

namespace CmpProxy.Observing;

/// <summary>
/// One line and one count for each message. What a stranger wrote is escaped and cut (CMP-L-3); never the message itself.
/// </summary>
internal sealed class CallTrail(CmpMetrics metrics, TimeProvider clock, ILogger<CallTrail> log)
{
    private const string Unknown = "-";

    /// <summary>A point in time to measure from.</summary>
    public long Now => clock.GetTimestamp();

    /// <summary>Octets of which nothing can be read.</summary>
    public void Unreadable(CmpCall call, string why)
    {
        metrics.CountUnreadable();
        log.Call("unreadable", Unknown, call.Target.Alias.Name, call.Source, Unknown, Unknown, 0, LogText.Of(why));
    }

    /// <summary>A message and what became of it.</summary>
    public void Decided(CmpCall call, PkiMessage message, string outcome, string? detail, long start)
    {
        string body = BodyNames.Of(message.Body.Kind);
        TimeSpan took = clock.GetElapsedTime(start);
        metrics.Count(body, outcome, took);
        if (log.IsEnabled(LogLevel.Information))
        {
            log.Call(
                outcome,
                body,
                call.Target.Alias.Name,
                call.Source,
                message.Header.TransactionId is { } id ? Convert.ToHexStringLower(id.Span) : Unknown,
                message.Header.SenderKeyId is { } keyId ? LogText.Of(Encoding.Latin1.GetString(keyId.Span)) : Unknown,
                Math.Round(took.TotalMilliseconds, 1),
                LogText.Of(detail));
        }
    }
}
