using ExtRa.Legacy.Documents;
using ExtRa.Legacy.JavaStreams;
using ExtRa.Legacy.SubMessages;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace ExtRa.Legacy.Sealing;

/// <summary>
/// The format of legacy programs: XML around base64 around CMS around a Java stream (WIRE.md). What is read strictly
/// here was read leniently there; what is written is read by all of them.
/// </summary>
/// <remarks>
/// Nothing in such a message names its row. The row's key must be the one its messageid and type give; a signed request
/// carries <see cref="OpenedMessage.SignedDigest"/> so that it is executed once wherever it lies; and the REQUESTIDs
/// of our own requests are tied to their row by <see cref="RequestIdMask"/>.
/// </remarks>
/// <param name="keyStore">Our key: opens what is encrypted to us, signs. Null on links without protection.</param>
/// <param name="options">Differences between versions.</param>
/// <param name="clock">Gives the signing time.</param>
public sealed class LegacyFormat(KeyStore? keyStore, LegacyFormatOptions options, TimeProvider clock) : IMessageFormat
{
    /// <summary>Submessages in one message, as in the native format.</summary>
    public const int MaxSubMessages = MessageJson.MaxSubMessages;

    private readonly LegacyLayers layers = new(keyStore, clock);
    private readonly SubMessageReader reader = new(options.B64);

    /// <inheritdoc />
    public bool IsBound => false;

    /// <summary>Documents, unless the row's key is native: who made such a row reads native answers.</summary>
    public bool Recognizes(string uniqueId, string column) =>
        !uniqueId.StartsWith(MessageIds.NativePrefix, StringComparison.Ordinal) && LegacyDocument.Recognizes(column);

    /// <inheritdoc />
    public RowNames NameRow(MessageType type, string messageId, ReadOnlySpan<byte> requesterBinding) => LegacyRowNames.Of(type, messageId, requesterBinding);

    /// <inheritdoc />
    public Outcome<OpenedMessage> Open(RowIdentity row, string column)
    {
        if (row.UniqueId != LegacyIds.UniqueId(row.Type, row.MessageId))
        {
            return new Refusal(RefusalCode.NotBound, "The row's key is not that of its messageid and type.");
        }

        if (!LegacyDocument.Read(column).Succeeded(out LegacyDocument? document, out Refusal? refusal)
            || (refusal = OnlyEncrypted(document)) is not null
            || !layers.Open(document).Succeeded(out OpenedLayers? opened, out refusal)
            || !JavaMapList.Read(opened.Stream).Succeeded(out IReadOnlyList<JavaMap>? maps, out refusal)
            || !MomentOf(row, opened).Succeeded(out Moment? created, out refusal))
        {
            return refusal;
        }

        if (maps.Count is 0 or > MaxSubMessages)
        {
            return new Refusal(
                maps.Count == 0 ? RefusalCode.Malformed : RefusalCode.TooLarge, $"A message holds 1 to {MaxSubMessages} submessages, not {maps.Count}.");
        }

        ReadPart[] parts = [.. maps.Select(map => reader.Read(map, row.Kind))];
        Refusal? damage = parts.Select(part => part.Damage).FirstOrDefault(one => one is not null);
        if (row.Kind == MessageKind.Response && damage is null && !RequestIdMask.Of(row.MessageId, keyStore?.Key).TryRemove(parts, out parts))
        {
            damage = new Refusal(RefusalCode.NotBound, "The answer belongs to another request: its REQUESTIDs are not those of this row."); // told after a wrong signer
        }

        var content = new MessageContent
        {
            Kind = row.Kind,
            UniqueId = row.UniqueId,
            MessageId = row.MessageId,
            Type = row.Type,
            Created = created.At,
            SubMessages = [.. parts.Select(part => part.Part)],
        };
        return new OpenedLegacyMessage(content, new Protection(document.Signed, document.Encrypted), opened.Signer?.Certificate, maps[0].Kind)
        {
            Damage = damage,
            SignedDigest = opened.Signer?.RequestDigest(),
        };
    }

    /// <summary>Legacy programs know RSA alone (WIRE.md 5.2).</summary>
    public bool CanSealTo(Certificate recipient) => recipient.PublicKey.IsRsa && recipient.CanReceive();

    /// <summary>Seals; an answer in the map class of its request.</summary>
    public string Seal(MessageContent content, Protection protection, Certificate? recipient, OpenedMessage? request)
    {
        JavaMapKind kind = request is OpenedLegacyMessage { Maps: JavaMapKind.HashMap } ? JavaMapKind.HashMap
            : request is OpenedLegacyMessage ? JavaMapKind.LinkedHashMap
            : options.Maps;
        IEnumerable<SubMessage> parts = content.Kind == MessageKind.Request ? RequestIdMask.Of(content.MessageId, keyStore?.Key).Apply(content.SubMessages) : content.SubMessages;
        byte[] stream = JavaMapList.Write([.. parts.Select(part => SubMessageWriter.Write(part, kind))]);
        return layers.Seal(stream, protection, recipient).Write();
    }

    // Encryption alone protects nothing that can be changed on the way, and there is nobody to encrypt the answer to (FLAWS.md
    // D3). Told from the flags, before the key is used: whoever takes a signed message's flag away must not learn what is inside.
    private static Refusal? OnlyEncrypted(LegacyDocument document) =>
        document is { Encrypted: true, Signed: false } ? new(RefusalCode.NotSigned, "The message is encrypted but not signed.") : null;

    // Of a signed request the signer's time counts. Of an unsigned one there is only what its writer put into the row.
    private Outcome<Moment> MomentOf(RowIdentity row, OpenedLayers opened)
    {
        if (opened.Signer is null || row.Kind == MessageKind.Response)
        {
            return new Moment(row.Stored ?? clock.GetUtcNow());
        }

        return opened.Signer.SigningTime is { } time
            ? new Moment(time)
            : new Refusal(RefusalCode.NotBound, "The request is signed without a time, so that it could be replayed for ever.");
    }

    private sealed record Moment(DateTimeOffset At);
}

/// <summary>A legacy message that was opened, and what its answer must look like.</summary>
/// <param name="Content">Header and submessages.</param>
/// <param name="Protection">The layers it had.</param>
/// <param name="Signer">Whose signature it has.</param>
/// <param name="Maps">The class of its maps, which tells its writer's version.</param>
public sealed record OpenedLegacyMessage(MessageContent Content, Protection Protection, Certificate? Signer, JavaMapKind Maps)
    : OpenedMessage(Content, Protection, Signer);
