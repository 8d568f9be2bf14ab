using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cmp;

/// <summary>Who speaks to whom in which transaction, and how the message is protected.</summary>
/// <remarks>
/// RFC 9810 §5.1.1: SEQUENCE { pvno INTEGER, sender GeneralName, recipient GeneralName, messageTime [0] GeneralizedTime,
/// protectionAlg [1] AlgorithmIdentifier, senderKID [2] OCTET STRING, recipKID [3] OCTET STRING, transactionID [4] OCTET
/// STRING, senderNonce [5] OCTET STRING, recipNonce [6] OCTET STRING, freeText [7] PKIFreeText, generalInfo [8] SEQUENCE
/// SIZE (1..MAX) OF InfoTypeAndValue }, all [n] explicit and OPTIONAL
/// </remarks>
public sealed record PkiHeader : IAsn1Value<PkiHeader>
{
    /// <summary>cmp1999, RFC 2510: not spoken here (CMP-H-1).</summary>
    public const int Cmp1999 = 1;

    /// <summary>cmp2000, RFC 4210.</summary>
    public const int Cmp2000 = 2;

    /// <summary>cmp2021, RFC 9480: needed on the wire for EnvelopedData and hashAlg (RFC 9810 §7).</summary>
    public const int Cmp2021 = 3;

    private static readonly GeneralName NullName = GeneralName.Directory(DistinguishedName.Empty);

    /// <summary>The version of the syntax. Any is read, so that an error can be answered (CMP-H-1).</summary>
    public int Version { get; init; } = Cmp2000;

    /// <summary>Who sends. NULL-DN when unknown.</summary>
    public GeneralName Sender { get; init; } = NullName;

    /// <summary>Who is meant. NULL-DN when unknown.</summary>
    public GeneralName Recipient { get; init; } = NullName;

    /// <summary>When the message was made. The wire carries whole seconds.</summary>
    public DateTimeOffset? MessageTime { get; init; }

    /// <summary>How the message is protected; null when it is not.</summary>
    public AlgorithmIdentifier? ProtectionAlgorithm { get; init; }

    /// <summary>Which key of the sender protects it.</summary>
    public ReadOnlyMemory<byte>? SenderKeyId { get; init; }

    /// <summary>Which key of the recipient was used.</summary>
    public ReadOnlyMemory<byte>? RecipientKeyId { get; init; }

    /// <summary>The transaction; 1 to 64 octets (CMP-H-8).</summary>
    public ReadOnlyMemory<byte>? TransactionId { get; init; }

    /// <summary>The sender's nonce.</summary>
    public ReadOnlyMemory<byte>? SenderNonce { get; init; }

    /// <summary>The nonce of the message this one answers.</summary>
    public ReadOnlyMemory<byte>? RecipientNonce { get; init; }

    /// <summary>For people.</summary>
    public PkiFreeText? FreeText { get; init; }

    /// <summary>For machines; empty when absent.</summary>
    public IReadOnlyList<InfoTypeAndValue> GeneralInfo { get; init; } = [];

    /// <summary>implicitConfirm is there, with NULL or no value (CMP-H-14).</summary>
    public bool HasImplicitConfirm => Info(Oids.ImplicitConfirm) is { IsAbsent: true };

    /// <inheritdoc />
    public static PkiHeader Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var header = new PkiHeader
        {
            Version = fields.ReadChoice(int.MaxValue, "pvno"),
            Sender = ReadName(fields, "sender"),
            Recipient = ReadName(fields, "recipient"),
            MessageTime = fields.ReadOptionalExplicit<CmpTime>(0)?.Time,
            ProtectionAlgorithm = fields.ReadOptionalExplicit<AlgorithmIdentifier>(1),
            SenderKeyId = fields.ReadOptionalExplicitOctets(2, CmpLimits.MaxKeyIdentifierLength, "Octets of senderKID"),
            RecipientKeyId = fields.ReadOptionalExplicitOctets(3, CmpLimits.MaxKeyIdentifierLength, "Octets of recipKID"),
            TransactionId = fields.ReadOptionalExplicitOctets(4, CmpLimits.MaxTransactionIdLength, "Octets of transactionID"),
            SenderNonce = fields.ReadOptionalExplicitOctets(5, CmpLimits.MaxNonceLength, "Octets of senderNonce"),
            RecipientNonce = fields.ReadOptionalExplicitOctets(6, CmpLimits.MaxNonceLength, "Octets of recipNonce"),
            FreeText = fields.ReadOptionalExplicit<PkiFreeText>(7),
            GeneralInfo = fields.ReadOptionalExplicitList<InfoTypeAndValue>(8, CmpLimits.MaxInfos, "Items of generalInfo"),
        };
        fields.ThrowIfNotEmpty();
        return header.TransactionId is { IsEmpty: true } ? throw new AsnContentException("The transactionID is empty.") : header;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteInteger(Version);
            Sender.Encode(writer);
            Recipient.Encode(writer);
            writer.WriteOptionalExplicit(0, MessageTime is { } time ? new CmpTime(time) : null);
            writer.WriteOptionalExplicit(1, ProtectionAlgorithm);
            writer.WriteOptionalExplicitOctets(2, SenderKeyId);
            writer.WriteOptionalExplicitOctets(3, RecipientKeyId);
            writer.WriteOptionalExplicitOctets(4, TransactionId);
            writer.WriteOptionalExplicitOctets(5, SenderNonce);
            writer.WriteOptionalExplicitOctets(6, RecipientNonce);
            writer.WriteOptionalExplicit(7, FreeText);
            writer.WriteOptionalExplicitList(8, GeneralInfo);
        }
    }

    /// <summary>The first item of generalInfo of a kind; null when absent.</summary>
    public InfoTypeAndValue? Info(string oid) => GeneralInfo.FirstOrDefault(item => item.Oid == oid);

    private static GeneralName ReadName(AsnReader fields, string what)
    {
        GeneralName name = GeneralName.Decode(fields);
        LimitExceededException.ThrowIfMore(name.Encoded.Length, CmpLimits.MaxNameLength, $"Octets of {what}");
        return name;
    }
}
