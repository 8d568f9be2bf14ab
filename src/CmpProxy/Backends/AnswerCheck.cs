using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;

namespace CmpProxy.Backends;

/// <summary>
/// Whether an answer belongs to a request, as far as a proxy can see: the last fence before an answer reaches the wrong
/// party. Its protection is for the client to verify.
/// </summary>
internal static class AnswerCheck
{
    /// <summary>Null for an answer that may be passed on.</summary>
    public static Refusal? ObjectionTo(ReadOnlyMemory<byte> answer, PkiHeader request, int maxBytes)
    {
        if (!PkiMessage.ReadHeader(answer, maxBytes).Succeeded(out PkiHeader? header, out Refusal? refusal))
        {
            return refusal;
        }

        if (IsOther(header.TransactionId, request.TransactionId))
        {
            return new(RefusalCode.NotBound, "The answer has another transactionID.");
        }

        return IsOther(header.RecipientNonce, request.SenderNonce) ? new(RefusalCode.NotBound, "The answer has another recipNonce.") : null;
    }

    /// <summary>
    /// True for an error that says come again (CMP-X-17): it answers who asked then, not who asks again.
    /// </summary>
    public static bool IsUnavailable(ReadOnlyMemory<byte> answer) =>
        PkiMessage.Read(answer, answer.Length).Succeeded(out PkiMessage? message, out _)
        && message.Body is PkiBody.Error { Content.Status.Failure: { } failure } && failure.HasFlag(PkiFailureInfo.SystemUnavail);

    // One that is absent says nothing: errors of old servers have neither.
    private static bool IsOther(ReadOnlyMemory<byte>? answered, ReadOnlyMemory<byte>? asked) =>
        answered is { } a && asked is { } b && !a.Span.SequenceEqual(b.Span);
}
