using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;

namespace Pki.Protocols.Tests.Cmp;

/// <summary>Puts messages together octet by octet, the wrong ones too.</summary>
internal static class Ber
{
    public static byte[] Tlv(byte tag, params byte[][] contents)
    {
        byte[] joined = [.. contents.SelectMany(part => part)];
        return joined.Length switch
        {
            < 0x80 => [tag, (byte)joined.Length, .. joined],
            < 0x100 => [tag, 0x81, (byte)joined.Length, .. joined],
            < 0x10000 => [tag, 0x82, (byte)(joined.Length >> 8), (byte)(joined.Length & 0xFF), .. joined],
            _ => [tag, 0x83, (byte)(joined.Length >> 16), (byte)((joined.Length >> 8) & 0xFF), (byte)(joined.Length & 0xFF), .. joined],
        };
    }

    public static byte[] Repeat(byte[] value, int times) => [.. Enumerable.Repeat(value, times).SelectMany(part => part)];

    public static byte[] Header(PkiHeader? header = null) => Der.Encode(header ?? new PkiHeader());

    /// <summary>A header with fields after the names: whatever octets the test wants to see there.</summary>
    public static byte[] HeaderWith(params byte[][] fields) => Tlv(0x30, [[0x02, 0x01, 0x02], [0xA4, 0x02, 0x30, 0x00], [0xA4, 0x02, 0x30, 0x00], .. fields]);

    public static byte[] Body(PkiBody? body = null) => (body ?? new PkiBody.Confirmation()).Encode();

    public static byte[] Message(byte[]? header = null, byte[]? body = null, params byte[][] rest) => Tlv(0x30, [header ?? Header(), body ?? Body(), .. rest]);

    public static byte[] Text(byte tag, string text) => Tlv(tag, System.Text.Encoding.UTF8.GetBytes(text));

    public static byte[] Oid(string oid)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteObjectIdentifier(oid);
        return writer.Encode();
    }
}
