using ExtRa.Messages.Contract;
using ExtRa.Messages.Store;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace ExtRa.Messages.Sealing;

/// <summary>
/// One way to write messages into a column: the native one, or that of legacy programs. An answer has the format of its
/// request (ARCHITECTURE.md 4).
/// </summary>
public interface IMessageFormat
{
    /// <summary>True where a message names its row and an answer its request, under their signature.</summary>
    bool IsBound { get; }

    /// <summary>True for a row whose column is in this format, well formed or not.</summary>
    bool Recognizes(string uniqueId, string column);

    /// <summary>The names of the row of a transaction.</summary>
    /// <param name="type">The front end's kind.</param>
    /// <param name="messageId">What the protocol calls the transaction.</param>
    /// <param name="requesterBinding">What the requester can show again.</param>
    RowNames NameRow(MessageType type, string messageId, ReadOnlySpan<byte> requesterBinding);

    /// <summary>Opens a message, or says why not. The signature is verified; whether the signer is trusted is not asked here.</summary>
    Outcome<OpenedMessage> Open(RowIdentity row, string column);

    /// <summary>True when what is sealed in this format can be opened with the key of this certificate.</summary>
    bool CanSealTo(Certificate recipient);

    /// <summary>Seals a message.</summary>
    /// <param name="content">What to say.</param>
    /// <param name="protection">Which layers to put around it.</param>
    /// <param name="recipient">Whom to encrypt to; needed when the protection says encrypted.</param>
    /// <param name="request">What is answered, if anything and if it could be opened.</param>
    /// <exception cref="InvalidOperationException">A wanted layer cannot be made for want of a key or certificate.</exception>
    /// <exception cref="NotSupportedException">The format has no words for a submessage.</exception>
    string Seal(MessageContent content, Protection protection, Certificate? recipient, OpenedMessage? request);
}

/// <summary>The names a row has.</summary>
/// <param name="UniqueId">Its key.</param>
/// <param name="MessageId">Its messageid.</param>
public sealed record RowNames(string UniqueId, string MessageId);
