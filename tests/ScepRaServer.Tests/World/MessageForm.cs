using System.Formats.Asn1;
using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cms;
using Pki.Protocols.Scep;
using Pki.Protocols.X509;

namespace ScepRaServer.Tests.World;

/// <summary>A pkiMessage with every part open to abuse. Unset parts are what a decent client would write.</summary>
internal sealed record MessageForm(TestWorld World, TestClient Client)
{
    public string? MessageType { get; init; } = "19";

    public UniversalTagNumber TextTag { get; init; } = UniversalTagNumber.PrintableString;

    /// <summary>The encoding of the transactionID attribute's value; null to leave it away.</summary>
    public byte[]? TransactionId { get; init; } = Text(UniversalTagNumber.PrintableString, Guid.NewGuid().ToString("N"));

    /// <summary>Null to leave it away.</summary>
    public byte[]? SenderNonce { get; init; } = RandomNumberGenerator.GetBytes(16);

    public IReadOnlyList<CmsAttribute> MoreAttributes { get; init; } = [];

    public ScepSender? Sender { get; init; }

    /// <summary>What is encrypted; the client's PKCS#10 unless given.</summary>
    public byte[]? Plaintext { get; init; }

    /// <summary>What is signed; an envelope unless given.</summary>
    public byte[]? EContent { get; init; }

    public HashAlgorithmName Digest { get; init; } = HashAlgorithmName.SHA256;

    public ContentCipher Cipher { get; init; } = ContentCipher.Aes128Cbc;

    public KeyTransport KeyTransport { get; init; } = KeyTransport.Pkcs1;

    public Certificate? Recipient { get; init; }

    public DateTimeOffset? SigningTime { get; init; }

    public static byte[] Text(UniversalTagNumber tag, string value)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteCharacterString(tag, value);
        return writer.Encode();
    }

    /// <summary>A string of one octet per character, whatever the octets.</summary>
    public static byte[] RawText(UniversalTagNumber tag, params byte[] octets)
    {
        byte[] encoded = Octets(octets);
        encoded[0] = (byte)tag;
        return encoded;
    }

    public static byte[] Octets(byte[] value)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteOctetString(value);
        return writer.Encode();
    }

    /// <summary>The envelope around the plaintext.</summary>
    public byte[] Envelope() => EnvelopedData.Encrypt(
        Plaintext ?? Client.NewCsr().Encoded, Recipient ?? World.RaCertificate, Cipher, KeyTransport, RandomNumberGenerator.Fill);

    /// <summary>The message, and what its reply is matched with.</summary>
    public SentRequest Build()
    {
        ScepSender sender = Sender ?? Client.Sender;
        List<CmsAttribute> attributes = [];
        Add(attributes, Oids.ScepMessageType, MessageType is null ? null : Text(TextTag, MessageType));
        Add(attributes, Oids.ScepTransactionId, TransactionId);
        Add(attributes, Oids.ScepSenderNonce, SenderNonce is null ? null : Octets(SenderNonce));
        byte[] message = SignedData.Sign(EContent ?? Envelope(), new CmsSigner(sender.Key, sender.Certificate, Digest)
        {
            SignedAttributes = [.. attributes, .. MoreAttributes],
            SigningTime = SigningTime,
        });
        return new(message, Id(), SenderNonce ?? [], sender);
    }

    public Task<TestReply> SendAsync(CancellationToken cancel) => Client.SendAsync(Build(), cancel);

    private TransactionId Id()
    {
        // The reply repeats the octets, whatever string type they came in.
        byte[]? octets = TransactionId is null ? null : new AsnReader(TransactionId, AsnEncodingRules.DER).PeekContentBytes().ToArray();
        return Pki.Protocols.Scep.TransactionId.FromText(octets is { Length: > 0 and <= 255 } ? System.Text.Encoding.UTF8.GetString(octets) : "none");
    }

    private static void Add(List<CmsAttribute> attributes, string oid, byte[]? value)
    {
        if (value is not null)
        {
            attributes.Add(new(oid, value));
        }
    }
}

/// <summary>Takes a SignedData apart and puts it together in ways no signer would.</summary>
internal static class Surgery
{
    private static readonly Asn1Tag Context0 = new(TagClass.ContextSpecific, 0, isConstructed: true);

    /// <summary>Changes the fields of SignedData.</summary>
    public static byte[] OnSignedData(byte[] message, Action<List<byte[]>> change)
    {
        AsnReader info = new AsnReader(message, AsnEncodingRules.BER).ReadSequence();
        string type = info.ReadObjectIdentifier();
        List<byte[]> fields = Split(info.ReadSequence(Context0).ReadSequence());
        change(fields);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(type);
            using (writer.PushSequence(Context0))
            {
                Join(writer, Asn1Tag.Sequence, fields);
            }
        }

        return writer.Encode();
    }

    /// <summary>Changes the one SignerInfo, or makes several of it.</summary>
    public static byte[] OnSigners(byte[] message, Func<byte[], IEnumerable<byte[]>> change) => OnSignedData(message, fields =>
    {
        byte[] signer = Split(new AsnReader(fields[^1], AsnEncodingRules.BER).ReadSetOf(skipSortOrderValidation: true)).Single();
        var writer = new AsnWriter(AsnEncodingRules.DER);
        Join(writer, Asn1Tag.SetOf, change(signer));
        fields[^1] = writer.Encode();
    });

    /// <summary>Changes the fields of the one SignerInfo.</summary>
    public static byte[] OnSignerFields(byte[] message, Action<List<byte[]>> change) => OnSigners(message, signer =>
    {
        List<byte[]> fields = Split(new AsnReader(signer, AsnEncodingRules.BER).ReadSequence());
        change(fields);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        Join(writer, Asn1Tag.Sequence, fields);
        return [writer.Encode()];
    });

    /// <summary>Flips one bit in the last octet of a part of the message.</summary>
    public static byte[] Flip(byte[] message, ReadOnlySpan<byte> part)
    {
        int at = message.AsSpan().IndexOf(part);
        Assert.IsGreaterThanOrEqualTo(0, at, "The part is not in the message.");
        byte[] flipped = [.. message];
        flipped[at + part.Length - 1] ^= 1;
        return flipped;
    }

    public static List<byte[]> Split(AsnReader reader)
    {
        List<byte[]> parts = [];
        while (reader.HasData)
        {
            parts.Add(reader.ReadEncodedValue().ToArray());
        }

        return parts;
    }

    private static void Join(AsnWriter writer, Asn1Tag tag, IEnumerable<byte[]> parts)
    {
        // As a SEQUENCE under the wanted tag: the order stays as given.
        var inner = new AsnWriter(AsnEncodingRules.DER);
        using (inner.PushSequence())
        {
            foreach (byte[] part in parts)
            {
                inner.WriteEncodedValue(part);
            }
        }

        byte[] joined = inner.Encode();
        joined[0] = tag == Asn1Tag.SetOf ? (byte)0x31 : (byte)0x30;
        writer.WriteEncodedValue(joined);
    }
}
