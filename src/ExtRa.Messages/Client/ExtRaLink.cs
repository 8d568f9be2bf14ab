using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace ExtRa.Messages.Client;

/// <summary>
/// The RA's end of the link: seals requests for the CA and opens its answers, with one fixed protection. What every
/// front end and the client API stand on; it does not touch the database.
/// </summary>
/// <param name="format">How messages are written: natively, or for a legacy CA.</param>
/// <param name="trust">Whose answers are believed; null on a link without signatures.</param>
/// <param name="protection">What every message of this link has, in both directions.</param>
/// <param name="clock">Now.</param>
public sealed class ExtRaLink(IMessageFormat format, ServiceTrust? trust, Protection protection, TimeProvider clock)
{
    /// <summary>A link to a CA of this product.</summary>
    /// <param name="keyStore">The RA's link key and certificate; null on an unprotected link.</param>
    /// <param name="trust">Whose answers are believed; null on a link without signatures.</param>
    /// <param name="protection">What every message of this link has, in both directions.</param>
    /// <param name="catalog">The submessage classes this RA knows.</param>
    /// <param name="clock">Now.</param>
    public ExtRaLink(KeyStore? keyStore, ServiceTrust? trust, Protection protection, SubMessageCatalog catalog, TimeProvider clock)
        : this(new NativeFormat(new(new MessageJson(catalog), keyStore), new(keyStore, clock)), trust, protection, clock)
    {
    }

    /// <summary>True where messages are bound to their rows and answers to their requests: everywhere but with a legacy CA.</summary>
    public bool IsBound => format.IsBound;

    /// <summary>The names of the row for a requester who can show the binding again.</summary>
    public RequestId NameRow(MessageType type, string messageId, ReadOnlySpan<byte> requesterBinding)
    {
        RowNames names = format.NameRow(type, messageId, requesterBinding);
        return new(type, names.MessageId, names.UniqueId);
    }

    /// <summary>Seals a request into a new row.</summary>
    /// <param name="id">The row's names.</param>
    /// <param name="requestDigest">Digest of the request's meaning, 64 hex digits.</param>
    /// <param name="requests">The requests, in order.</param>
    public NewMessage Seal(RequestId id, string requestDigest, IReadOnlyList<Request> requests)
    {
        var content = new MessageContent
        {
            Kind = MessageKind.Request,
            UniqueId = id.UniqueId,
            MessageId = id.MessageId,
            Type = id.Type,
            Created = clock.GetUtcNow(),
            Trace = System.Diagnostics.Activity.Current?.Id,
            SubMessages = requests,
        };
        return new(id.UniqueId, id.MessageId, id.Type, format.Seal(content, protection, trust?.Recipient, request: null), requestDigest);
    }

    /// <summary>Opens the answer in a processed row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="request">The message column that was sent, where it is still at hand; checked against inReplyTo.</param>
    public Outcome<MessageContent> OpenAnswer(MessageRow row, string? request)
    {
        if (row.Oversize is { } octets)
        {
            return new Refusal(RefusalCode.TooLarge, $"The answer has {octets} octets, the limit is {MessageLimits.MessageLength}.");
        }

        var identity = new RowIdentity(row.UniqueId, row.MessageId, row.Type, MessageKind.Response);
        if (!format.Open(identity, row.Message ?? "").Succeeded(out OpenedMessage? answer, out Refusal? refusal))
        {
            return refusal;
        }

        if (protection.Signed && !(trust ?? throw new InvalidOperationException("A signed link needs a worker certificate."))
            .Check(answer.Signer, clock.GetUtcNow()).Succeeded(out _, out refusal))
        {
            return refusal;
        }

        // A failure of a message the CA could not attribute has nobody to be encrypted to, and nothing to hide.
        if (protection.Encrypted && !answer.Protection.Encrypted && answer.Content.SubMessages.OfType<Response>().Any(part => part.Success))
        {
            return new Refusal(RefusalCode.NotEncrypted, "The answer is not encrypted.");
        }

        if (answer.Damage is { } damage)
        {
            return damage;
        }

        if (request is not null && format.IsBound && answer.Content.InReplyTo is not { } hash)
        {
            return new Refusal(RefusalCode.NotBound, "The answer does not say which request it answers.");
        }

        if (request is not null && format.IsBound && !answer.Content.InReplyTo.AsSpan().SequenceEqual(MessageIds.ColumnHash(request)))
        {
            return new Refusal(RefusalCode.NotBound, "The answer belongs to another request.");
        }

        return answer.Content;
    }
}

/// <summary>The names of a row.</summary>
/// <param name="Type">The front end's kind.</param>
/// <param name="MessageId">What the protocol calls the transaction.</param>
/// <param name="UniqueId">The row's key.</param>
public sealed record RequestId(MessageType Type, string MessageId, string UniqueId)
{
    /// <summary>The names for a requester who can show the binding again.</summary>
    public static RequestId For(MessageType type, string messageId, ReadOnlySpan<byte> requesterBinding) =>
        new(type, messageId, MessageIds.UniqueId(type, messageId, requesterBinding));
}
