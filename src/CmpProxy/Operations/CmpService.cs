using System.Formats.Asn1;
using CmpProxy.Backends;
using CmpProxy.Configuration;
using CmpProxy.Gate;
using CmpProxy.Http;
using CmpProxy.Limits;
using CmpProxy.Observing;
using Microsoft.Extensions.Options;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;

namespace CmpProxy.Operations;

/// <summary>One message: its shape, the checks, the backend, the answer, one audit line.</summary>
internal sealed class CmpService(ErrorReplies errors, CallRates rates, LockedSenders locked, CallTrail trail, IOptions<CmpProxyOptions> options)
{
    private const byte SequenceTag = 0x30;

    public async Task<CmpReply> DecideAsync(CmpCall call, CancellationToken cancel)
    {
        AliasOptions alias = call.Target.Alias.Options;
        int maxBytes = call.Target.Alias.MaxMessageBytes;
        ReadOnlyMemory<byte> body = alias.IgnoresTrailingNewline ? WithoutNewline(call.Body) : call.Body;
        if (ObjectionToShape(body, maxBytes) is { } shape)
        {
            trail.Unreadable(call, shape.Detail);
            return alias.NotDerAnswer == NotDerAnswer.Status400
                ? new CmpReply.Bare(StatusCodes.Status400BadRequest)
                : Error(null, new(PkiFailureInfo.BadRequest, "CMP-T-13", shape.Detail));
        }

        if (!PkiMessage.Read(body, maxBytes).Succeeded(out PkiMessage? message, out Refusal? refusal))
        {
            // DER, but no PKIMessage, or more in it than we take (CMP-T-13, X-2).
            trail.Unreadable(call, refusal.Detail);
            PkiHeader? header = PkiMessage.ReadHeader(body, maxBytes).Succeeded(out PkiHeader? readable, out _) ? readable : null;
            return Error(header, new(RefusalToPkiFailure.Of(refusal.Code), "CMP-X-2", refusal.Detail));
        }

        long start = trail.Now;
        (CmpReply reply, string outcome, string? detail) = await DecideAsync(call, message, cancel);
        trail.Decided(call, message, outcome, detail, start);
        return reply;
    }

    private async Task<Decision> DecideAsync(CmpCall call, PkiMessage message, CancellationToken cancel)
    {
        if (call.Target.Alias.Screening.ObjectionTo(message, call.Target) is { } screened)
        {
            return new(Error(message.Header, screened), "screened", screened.Detail);
        }

        if (message.Header.SenderKeyId is { } keyId && !rates.TryUse(keyId))
        {
            return new(Bare(StatusCodes.Status429TooManyRequests), "rate", null);
        }

        if (!rates.TryCost(call.Source, call.Target.Alias.Screening.IterationsOf(message)))
        {
            return new(Bare(StatusCodes.Status429TooManyRequests), "cost", null);
        }

        if (locked.IsFlood(call, message))
        {
            return new(Bare(StatusCodes.Status429TooManyRequests), "locked", null);
        }

        return call.Target.Alias.Gate.ObjectionTo(message) is { } stopped
            ? new(Error(message.Header, stopped), "gate", stopped.Detail)
            : Translate(call, message, await call.Target.Alias.Backend.AskAsync(call, message, cancel));
    }

    private Decision Translate(CmpCall call, PkiMessage message, BackendAnswer answer) => answer switch
    {
        BackendAnswer.Answered(var encoded) => new(new CmpReply.Message(encoded), "answered", null),
        BackendAnswer.Silent => new(Unavailable(call, message), "silent", null),
        BackendAnswer.Unreachable => new(Unavailable(call, message), "unreachable", null),
        BackendAnswer.NoSuchAlias => new(Bare(StatusCodes.Status404NotFound), "no_alias", null),
        BackendAnswer.Repeated => new(Error(message.Header, new(PkiFailureInfo.TransactionIdInUse, "CMP-T-17", "")), "repeated", "Answered too long ago."),
        BackendAnswer.Refused(var why) => new(Error(message.Header, new(RefusalToPkiFailure.Of(why), "CMP-X-18", "")), "refused", why.ToString()),
        BackendAnswer.Status(var status) => new(Bare(status), "upstream_status", null),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    // CMP-T-15: the request is not lost; who sends it again finds its row.
    private CmpReply Unavailable(CmpCall call, PkiMessage message) => call.Target.Alias.Options.TimeoutAnswer == TimeoutAnswer.Status503
        ? Bare(StatusCodes.Status503ServiceUnavailable)
        : Error(message.Header, new(PkiFailureInfo.SystemUnavail, "CMP-T-15", ""));

    private CmpReply.Bare Bare(int status) =>
        new(status, status is StatusCodes.Status503ServiceUnavailable or StatusCodes.Status429TooManyRequests ? options.Value.Limits.RetryAfter : null);

    private CmpReply.Message Error(PkiHeader? request, Objection objection) => new(errors.Make(request, objection));

    private static Refusal? ObjectionToShape(ReadOnlyMemory<byte> body, int maxBytes) => body.Span[0] != SequenceTag
        ? new(RefusalCode.Malformed, "It does not begin with a SEQUENCE.")
        : PkiMessage.ObjectionToShape(body, maxBytes);

    // The end is where the outer length says: a message may well end in octets that look like a line end.
    private static ReadOnlyMemory<byte> WithoutNewline(ReadOnlyMemory<byte> body) =>
        AsnDecoder.TryReadEncodedValue(body.Span, AsnEncodingRules.BER, out _, out _, out _, out int consumed)
        && !body.Span[consumed..].ContainsAnyExcept((byte)'\r', (byte)'\n')
            ? body[..consumed]
            : body;

    private sealed record Decision(CmpReply Reply, string Outcome, string? Detail);
}
