using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;

namespace Pki.Migration.Sources;

/// <summary>Values that the old database keeps as Base64.</summary>
internal static class Base64
{
    public static Outcome<byte[]> Read(string text)
    {
        byte[] octets = new byte[text.Length];
        return Convert.TryFromBase64String(text, octets, out int length) ? octets[..length] : new Refusal(RefusalCode.Malformed, "it is not Base64");
    }

    public static Outcome<T> Decode<T>(string text)
        where T : class, IAsn1Value<T> => Read(text).Succeeded(out byte[]? encoded, out Refusal? refusal) ? Der.DecodeBer<T>(encoded) : refusal;
}
