using ExtRa.Messages.Store;

namespace ExtRa.Messages.Contract;

/// <summary>What a message is: part of the signed header, so that one cannot be passed off as another.</summary>
public enum MessageKind
{
    /// <summary>From a front end to the CA.</summary>
    Request = 1,

    /// <summary>From the CA to a front end.</summary>
    Response,

    /// <summary>From the CA to all front ends, in the table <c>publication</c>.</summary>
    Notice,
}

/// <summary>What is sealed into a row: the header that binds it to the row, and the submessages (ARCHITECTURE.md 4).</summary>
public sealed record MessageContent
{
    /// <summary>Request, answer or notice.</summary>
    public required MessageKind Kind { get; init; }

    /// <summary>The row's key; of a notice, the name of its publication.</summary>
    public required string UniqueId { get; init; }

    /// <summary>What the protocol calls the transaction; of a notice, the version of its publication.</summary>
    public required string MessageId { get; init; }

    /// <summary>The front end's kind.</summary>
    public required MessageType Type { get; init; }

    /// <summary>When it was sealed.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>SHA-256 of the request's message column (answers only), 32 bytes.</summary>
    public byte[]? InReplyTo { get; init; }

    /// <summary>W3C trace context, so that one trace shows client, RA, worker and CA; null when not traced.</summary>
    public string? Trace { get; init; }

    /// <summary>The requests or answers, in order; the notice.</summary>
    public required IReadOnlyList<SubMessage> SubMessages { get; init; }
}
