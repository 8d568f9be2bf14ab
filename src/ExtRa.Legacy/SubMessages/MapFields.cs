using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using ExtRa.Legacy.JavaStreams;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace ExtRa.Legacy.SubMessages;

/// <summary>The entries of one map, by key and type. A key that is not there reads as null, as in legacy programs; a value of another type ends the message.</summary>
internal sealed class MapFields(JavaMap map, B64Values b64)
{
    private const string B64Prefix = "B64:";

    private readonly bool decodesB64 = b64 == B64Values.Decode || (b64 == B64Values.ByMapClass && map.Kind != JavaMapKind.HashMap);

    /// <summary>A text or null.</summary>
    public string? Text(string key)
    {
        if (Get(key, typeof(string)) is not string text)
        {
            return null;
        }

        if (decodesB64 && text.StartsWith(B64Prefix, StringComparison.Ordinal))
        {
            text = DecodeB64(text);
        }

        return HasHalves(text) ? throw new LegacyFieldException($"{key} has half of a surrogate pair") : text;
    }

    /// <summary>A text; where legacy programs say null, an empty one, which names nothing.</summary>
    public string TextOrEmpty(string key) => Text(key) ?? "";

    /// <summary>A password; an empty one for null.</summary>
    public Secret Secret(string key) => Pki.Protocols.Trust.Secret.FromText(TextOrEmpty(key));

    /// <summary>A password or null.</summary>
    public Secret? OptionalSecret(string key) => Text(key) is { } text ? Pki.Protocols.Trust.Secret.FromText(text) : null;

    /// <summary>A number that must be there.</summary>
    public int Int(string key) => OptionalInt(key) ?? throw new LegacyFieldException($"{key} is missing");

    /// <summary>A number or null.</summary>
    public int? OptionalInt(string key) => (int?)Get(key, typeof(int));

    /// <summary>A Boolean; false for null.</summary>
    public bool Truth(string key) => (bool?)Get(key, typeof(bool)) ?? false;

    /// <summary>A Boolean written as a text: true, on or yes in any letter case (WIRE.md 7.3).</summary>
    public bool TextTruth(string key) => Text(key)?.ToUpperInvariant() is "TRUE" or "ON" or "YES";

    /// <summary>A serial number in hex or null.</summary>
    public string? SerialNumber(string key) => (BigInteger?)Get(key, typeof(BigInteger)) is { } number ? new SerialNumber(number).ToString() : null;

    /// <summary>REQUESTID.</summary>
    public long RequestId() => (long?)Get(LegacyKeys.RequestId, typeof(long)) ?? throw new LegacyFieldException($"{LegacyKeys.RequestId} is missing");

    /// <summary>The version; only its presence and type count.</summary>
    public float Version() => (float?)Get(LegacyKeys.Version, typeof(float)) ?? throw new LegacyFieldException($"{LegacyKeys.Version} is missing");

    /// <summary>Octets in base64 or PEM; a text that is neither comes as it is, and whoever decodes it says what is wrong.</summary>
    public byte[] Octets(string key) => OptionalOctets(key) ?? [];

    /// <summary>The same, or null.</summary>
    public byte[]? OptionalOctets(string key)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }

        ReadOnlySpan<char> base64 = PemEncoding.TryFind(text, out PemFields pem) ? text.AsSpan()[pem.Base64Data] : text;
        byte[] octets = new byte[base64.Length];
        return Convert.TryFromBase64Chars(base64, octets, out int written) ? octets[..written] : Encoding.UTF8.GetBytes(text);
    }

    private object? Get(string key, Type type) =>
        !map.TryGet(key, out object? value) || value is null ? null
        : value.GetType() == type ? value
        : throw new LegacyFieldException($"{key} is of another type");

    private static string DecodeB64(string text)
    {
        byte[] utf8 = new byte[text.Length];
        return Convert.TryFromBase64Chars(text.AsSpan(B64Prefix.Length), utf8, out int written)
            ? Encoding.UTF8.GetString(utf8.AsSpan(0, written))
            : text;
    }

    private static bool HasHalves(string text)
    {
        ReadOnlySpan<char> rest = text;
        int at;
        while ((at = rest.IndexOfAnyInRange('\uD800', '\uDFFF')) >= 0)
        {
            if (at + 1 >= rest.Length || !char.IsSurrogatePair(rest[at], rest[at + 1]))
            {
                return true;
            }

            rest = rest[(at + 2)..];
        }

        return false;
    }
}
