using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Scep;

/// <summary>
/// Names a transaction (RFC 8894 §3.2.1.1). A stranger chose it: it may hold any character and is compared octet by
/// octet, whatever its string type (SCEP.md ).
/// </summary>
public sealed class TransactionId : IEquatable<TransactionId>
{
    /// <summary>PrintableString, X.680 §41.4.</summary>
    private static readonly SearchValues<byte> PrintableCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 '()+,-./:=?"u8);

    /// <summary>Octets at most.</summary>
    public const int MaxLength = 255;

    private TransactionId(ReadOnlyMemory<byte> octets, UniversalTagNumber type)
    {
        Octets = octets;
        Type = type;
    }

    /// <summary>The characters' octets as they came.</summary>
    public ReadOnlyMemory<byte> Octets { get; }

    /// <summary>The string type it came in.</summary>
    internal UniversalTagNumber Type { get; }

    /// <summary>False with control characters inside, which no client writes and no log should see.</summary>
    public bool IsPrintable => !Octets.Span.ContainsAnyInRange((byte)0x00, (byte)0x1F) && !Octets.Span.Contains((byte)0x7F);

    /// <summary>Takes text; for clients.</summary>
    /// <exception cref="ArgumentException">It is empty or too long.</exception>
    public static TransactionId FromText(string text)
    {
        byte[] octets = Encoding.UTF8.GetBytes(text);
        return octets.Length is > 0 and <= MaxLength
            ? new(octets, UniversalTagNumber.UTF8String)
            : throw new ArgumentException($"A transaction id has 1 to {MaxLength} octets.", nameof(text));
    }

    /// <summary>The usual choice of clients: a digest of the public key, so that a request sent again stays the same transaction.</summary>
    public static TransactionId FromKey(SubjectPublicKey key) => FromText(Convert.ToHexStringLower(SHA256.HashData(key.Encoded.Span)));

    /// <inheritdoc />
    public bool Equals([NotNullWhen(true)] TransactionId? other) => other is not null && Octets.Span.SequenceEqual(other.Octets.Span);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as TransactionId);

    /// <inheritdoc />
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Octets.Span);
        return hash.ToHashCode();
    }

    /// <summary>As text: UTF-8 where it is that, else one character per octet. To be escaped wherever it goes.</summary>
    public override string ToString()
    {
        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(Octets.Span);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(Octets.Span);
        }
    }

    /// <summary>Reads a string of one of the types clients use (SCEP.md A-02).</summary>
    internal static TransactionId Decode(AsnReader reader)
    {
        Asn1Tag tag = reader.PeekTag();
        if (tag.IsConstructed || !Asn1Text.IsText(tag) || (UniversalTagNumber)tag.TagValue is UniversalTagNumber.BMPString or UniversalTagNumber.UniversalString)
        {
            throw new AsnContentException("A transaction id is a character string of one octet per character.");
        }

        ReadOnlyMemory<byte> octets = reader.PeekContentBytes();
        reader.ReadEncodedValue();
        LimitExceededException.ThrowIfMore(octets.Length, MaxLength, "Octets of a transaction id");
        return octets.IsEmpty ? throw new AsnContentException("A transaction id is empty.") : new(octets, (UniversalTagNumber)tag.TagValue);
    }

    /// <summary>The string's encoding: PrintableString where the characters allow it, else the type it came in (SCEP.md A-02).</summary>
    internal byte[] Encode()
    {
        int type = (int)(Octets.Span.ContainsAnyExcept(PrintableCharacters) ? Type : UniversalTagNumber.PrintableString);
        return Octets.Length < 0x80 ? [(byte)type, (byte)Octets.Length, .. Octets.Span] : [(byte)type, 0x81, (byte)Octets.Length, .. Octets.Span];
    }
}
