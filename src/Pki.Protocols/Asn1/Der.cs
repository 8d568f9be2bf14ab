using System.Formats.Asn1;
using System.Security.Cryptography;
using Pki.Protocols.Trust;

namespace Pki.Protocols.Asn1;

/// <summary>The one door through which strangers' bytes become values, and values become bytes.</summary>
public static class Der
{
    /// <summary>Reads a value in DER that fills the input to its last byte.</summary>
    public static Outcome<T> Decode<T>(ReadOnlyMemory<byte> encoded)
        where T : class, IAsn1Value<T> => Decode<T>(encoded, AsnEncodingRules.DER);

    /// <summary>The same in BER, for protocols whose clients write it (SCEP.md S-01).</summary>
    public static Outcome<T> DecodeBer<T>(ReadOnlyMemory<byte> encoded)
        where T : class, IAsn1Value<T> => Decode<T>(encoded, AsnEncodingRules.BER);

    /// <summary>The DER of a value.</summary>
    public static byte[] Encode<T>(T value)
        where T : class, IAsn1Value<T>
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        value.Encode(writer);
        return writer.Encode();
    }

    private static Outcome<T> Decode<T>(ReadOnlyMemory<byte> encoded, AsnEncodingRules rules)
        where T : class, IAsn1Value<T>
    {
        try
        {
            var reader = new AsnReader(encoded, rules, new AsnReaderOptions { SkipSetSortOrderVerification = rules == AsnEncodingRules.BER });
            T value = T.Decode(reader);
            reader.ThrowIfNotEmpty();
            return value;
        }
        catch (LimitExceededException e)
        {
            return new Refusal(RefusalCode.TooLarge, $"{typeof(T).Name}: {e.Message}");
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException or OverflowException)
        {
            return new Refusal(RefusalCode.Malformed, $"{typeof(T).Name}: {e.Message}");
        }
    }
}
