using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Globalization;
using System.Numerics;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;

namespace Pki.Protocols.X509;

/// <summary>
/// A certificate's serial number (RFC 5280 §4.1.2.2). Strangers' certificates carry zero, negative and 32-octet
/// ones (SCEP.md S-05), so any INTEGER is read; what we issue is checked where it is drawn.
/// Two serial numbers are equal when the numbers are, however they are written (CA_CORE.md §2.2).
/// </summary>
public sealed class SerialNumber : IAsn1Value<SerialNumber>, IEquatable<SerialNumber>
{
    private const int MaxTextLength = 160;
    private const int MaxLength = 64; // sscep and certmonger use 32

    /// <summary>Takes the contents of an INTEGER: big-endian two's complement.</summary>
    public SerialNumber(ReadOnlyMemory<byte> encoded)
    {
        if (encoded.IsEmpty)
        {
            throw new ArgumentException("A serial number has at least one octet.", nameof(encoded));
        }

        Encoded = encoded;
    }

    /// <summary>Takes a number.</summary>
    public SerialNumber(BigInteger number)
        : this(number.ToByteArray(isBigEndian: true))
    {
    }

    /// <summary>The INTEGER's contents exactly as encoded: big-endian, with a leading zero where the top bit is set.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>The number.</summary>
    public BigInteger Number => new(Encoded.Span, isBigEndian: true);

    /// <summary>True when it is what RFC 5280 §4.1.2.2 allows a CA to issue: positive, at most 20 octets.</summary>
    public bool IsConforming => Encoded.Length <= 20 && (Encoded.Span[0] & 0x80) == 0 && Encoded.Span.ContainsAnyExcept((byte)0);

    /// <summary>Reads the text form: hexadecimal of either case, leading zeros and a minus sign allowed.</summary>
    public static Outcome<SerialNumber> FromHex(string text)
    {
        ReadOnlySpan<char> digits = text.AsSpan().Trim();
        bool negative = digits.StartsWith('-');
        digits = negative ? digits[1..] : digits;
        // The leading 0 keeps a first digit of 8 or more from being read as a minus sign.
        return digits.Length is > 0 and <= MaxTextLength
            && BigInteger.TryParse($"0{digits}", NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out BigInteger number)
            ? new SerialNumber(negative ? -number : number)
            : new Refusal(RefusalCode.Malformed, "A serial number is not hexadecimal.");
    }

    /// <summary>Reads the decimal form that the certificate table of an EJBCA holds (CA_CORE.md §2.2).</summary>
    public static Outcome<SerialNumber> FromDecimal(string text) =>
        text.Length <= MaxTextLength && BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger number)
            ? new SerialNumber(number)
            : new Refusal(RefusalCode.Malformed, "A serial number is not decimal.");

    /// <inheritdoc />
    public static SerialNumber Decode(AsnReader reader)
    {
        ReadOnlyMemory<byte> encoded = reader.ReadIntegerBytes();
        LimitExceededException.ThrowIfMore(encoded.Length, MaxLength, "Octets of a serial number");
        return new(encoded);
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer) => writer.WriteInteger(Encoded.Span);

    /// <summary>The decimal form.</summary>
    public string ToDecimal() => Number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Lower-case hexadecimal without leading zeros.</summary>
    public override string ToString()
    {
        BigInteger number = Number;
        string digits = Convert.ToHexStringLower(BigInteger.Abs(number).ToByteArray(isUnsigned: true, isBigEndian: true)).TrimStart('0');
        return digits.Length == 0 ? "0" : number.Sign < 0 ? "-" + digits : digits;
    }

    /// <inheritdoc />
    public bool Equals([NotNullWhen(true)] SerialNumber? other) =>
        other is not null && (Encoded.Span.SequenceEqual(other.Encoded.Span) || Number == other.Number);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as SerialNumber);

    /// <inheritdoc />
    public override int GetHashCode() => Number.GetHashCode();
}
