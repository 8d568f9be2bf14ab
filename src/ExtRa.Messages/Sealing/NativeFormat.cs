using ExtRa.Messages.Contract;
using ExtRa.Messages.Store;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace ExtRa.Messages.Sealing;

/// <summary>The product's own format: base64 of CMS of JSON.</summary>
/// <param name="opener">Reads it.</param>
/// <param name="sealer">Writes it.</param>
public sealed class NativeFormat(MessageOpener opener, MessageSealer sealer) : IMessageFormat
{
    /// <inheritdoc />
    public bool IsBound => true;

    /// <summary>Every row that no other format claims: so damage is reported in our own words.</summary>
    public bool Recognizes(string uniqueId, string column) => true;

    /// <inheritdoc />
    public RowNames NameRow(MessageType type, string messageId, ReadOnlySpan<byte> requesterBinding) =>
        new(MessageIds.UniqueId(type, messageId, requesterBinding), messageId);

    /// <inheritdoc />
    public Outcome<OpenedMessage> Open(RowIdentity row, string column) => opener.Open(row, column);

    /// <inheritdoc />
    public bool CanSealTo(Certificate recipient) => recipient.CanReceive();

    /// <inheritdoc />
    public string Seal(MessageContent content, Protection protection, Certificate? recipient, OpenedMessage? request) =>
        sealer.Seal(content, protection, recipient);
}
