using Ca.Cmp.Rules;
using Ca.Core;
using Ca.Core.Approvals;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;

namespace Ca.Cmp;

/// <content>nested: messages that an RA has put its signature around (RFC 9810 §5.1.3.5; CMP-O-100 to O-103).</content>
public sealed partial class CmpEngine
{
    private async Task<byte[]> AnswerNestedAsync(Exchange outer, Arrival arrival, PkiBody.Nested nested, CancellationToken cancel)
    {
        CmpFailure? failure = HeaderRules.Check(outer, clock.GetUtcNow()) ?? Dispatcher.Check(outer) ?? CheckOuter(outer, nested);
        if (failure is not null)
        {
            return await WriteAsync(outer, Reply.Error(failure), cancel);
        }

        if (nested.Messages is [var only])
        {
            // Added protection: as if the inner message had come by itself, and answered to whoever made it.
            return await ConverseAsync(arrival with { Message = only, WrappedBy = outer.Requester.Name }, cancel);
        }

        var responses = new List<PkiMessage>(nested.Messages.Count);
        foreach (PkiMessage inner in nested.Messages)
        {
            byte[] answer = await AnswerInnerAsync(arrival with { Message = inner, WrappedBy = outer.Requester.Name }, cancel);
            responses.Add(PkiMessage.Read(answer, maxLength: answer.Length).OrThrow()); // our own, however long
        }

        return await WriteAsync(outer, new Reply(new PkiBody.Nested(responses)), cancel);
    }

    /// <summary>
    /// One of a batch, its own protection verified. One that must wait or meets a fault does not stop the others: it gets an
    /// error of its own, nothing of it is done, and it may come again (CMP-O-102). Without the token the whole batch waits.
    /// </summary>
    private async Task<byte[]> AnswerInnerAsync(Arrival inner, CancellationToken cancel)
    {
        try
        {
            return await inner.Work.AttemptAsync(() => ConverseAsync(inner, cancel));
        }
        catch (Exception e) when (e is not (OperationCanceledException or OfflineException))
        {
            return await RefuseAsync(inner, FailureInBatch(e), cancel);
        }
    }

    private static CmpFailure FailureInBatch(Exception e) => e switch
    {
        // Waiting would never end where two messages of one batch are for one end entity.
        BusyException => new(PkiFailureInfo.SystemUnavail, "CMP-O-102", "Another request for the same end entity is being worked on.", e.Message),
        ApprovalPendingException => new(PkiFailureInfo.BadRequest, "CMP-O-46", "People have to agree to this one: ask for it in a message of its own.", e.Message),
        NotNowException => new(PkiFailureInfo.SystemUnavail, "CMP-O-102", "That cannot be done at this moment.", e.Message),
        _ => FailureMap.OfFault(new(RefusalCode.InternalFailure, e.ToString())),
    };

    private static CmpFailure? CheckOuter(Exchange outer, PkiBody.Nested nested)
    {
        if (outer.Requester.UsesMac)
        {
            return new(PkiFailureInfo.WrongIntegrity, "CMP-O-100", "A nested message is signed.");
        }

        if (outer.Requester is not { IsRa: true, IsVouchedFor: false })
        {
            return new(PkiFailureInfo.NotAuthorized, "CMP-O-100", "Only an RA passes on messages of others.");
        }

        if (outer.Alias.Demands(c => c.RaPurpose) && !outer.Requester.Signer!.ExtendedKeyUsage.Contains(Oids.CmcRa, StringComparer.Ordinal))
        {
            return new(PkiFailureInfo.NotAuthorized, "CMP-O-100", "The signer's certificate is not that of an RA.");
        }

        return nested.Messages is [var only] ? CheckAdded(outer.Header, only.Header) : CheckBatch(nested.Messages);
    }

    /// <summary>CMP-O-101: the wrapper belongs to the message in it.</summary>
    private static CmpFailure? CheckAdded(PkiHeader outer, PkiHeader inner) =>
        !Same(outer.TransactionId, inner.TransactionId) ? new(PkiFailureInfo.BadRequest, "CMP-O-101", "The transactionID is not that of the message inside.")
        : !Same(outer.SenderNonce, inner.SenderNonce) ? new(PkiFailureInfo.BadSenderNonce, "CMP-O-101", "The senderNonce is not that of the message inside.")
        : null;

    /// <summary>CMP-O-102: transactions of a batch are told apart by their ids, messages by their nonces.</summary>
    private static CmpFailure? CheckBatch(IReadOnlyList<PkiMessage> messages) =>
        messages.Select(m => TextOf(m.Header.TransactionId) ?? "").Distinct(StringComparer.Ordinal).Count() < messages.Count
            ? new(PkiFailureInfo.TransactionIdInUse, "CMP-O-102", "Two messages of a batch have one transactionID.")
        : messages.Select(m => TextOf(m.Header.SenderNonce)).OfType<string>().GroupBy(nonce => nonce, StringComparer.Ordinal).Any(group => group.Count() > 1)
            ? new(PkiFailureInfo.BadSenderNonce, "CMP-O-102", "Two messages of a batch have one senderNonce.")
        : null;

    private static string? TextOf(ReadOnlyMemory<byte>? octets) => octets is { } value ? Convert.ToHexString(value.Span) : null;

    private static bool Same(ReadOnlyMemory<byte>? one, ReadOnlyMemory<byte>? other) =>
        one is { } a ? other is { } b && a.Span.SequenceEqual(b.Span) : other is null;
}
