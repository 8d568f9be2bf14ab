using System.Formats.Asn1;
using System.Net;
using System.Net.Sockets;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.X509;

/// <summary>Between a GeneralName's encoding and its text (CA_CORE.md §7.1).</summary>
internal static class GeneralNameText
{
    public const string Dns = "dNSName";
    public const string Email = "rfc822Name";
    public const string Uri = "uri";
    public const string Ip = "iPAddress";
    private const string DirectoryName = "directoryName";
    private const string RegisteredId = "registeredID";
    private const string X400 = "x400Address";
    private const string Edi = "ediPartyName";

    /// <summary>Null for an unknown keyword or a value it cannot have.</summary>
    public static byte[]? Encode(string keyword, string value)
    {
        if (value.Length == 0 || !Asn1Text.IsWellFormed(value))
        {
            return null;
        }

        return keyword.ToUpperInvariant() switch
        {
            "DNSNAME" => WriteIa5(GeneralNameKind.DnsName, value),
            "RFC822NAME" or "RFC822" or "EMAIL" => WriteIa5(GeneralNameKind.Rfc822Name, value),
            "URI" or "UNIFORMRESOURCEIDENTIFIER" or "UNIFORMRESOURCEID" => WriteIa5(GeneralNameKind.Uri, value),
            "IPADDRESS" => ParseIp(value) is { } octets ? Write(writer => writer.WriteOctetString(octets, Tag(GeneralNameKind.IpAddress))) : null,
            "DIRECTORYNAME" => DistinguishedName.Parse(value).Succeeded(out DistinguishedName? name, out _) && !name.IsEmpty ? WriteDirectory(name.Encoded.Span) : null,
            "REGISTEREDID" => Write(writer => writer.WriteObjectIdentifier(value, Tag(GeneralNameKind.RegisteredId))),
            "X400ADDRESS" => FromHex(value, GeneralNameKind.X400Address),
            "EDIPARTYNAME" => FromHex(value, GeneralNameKind.EdiPartyName),
            _ => OtherNameText.Encode(keyword, value),
        };
    }

    public static byte[] WriteDirectory(ReadOnlySpan<byte> name)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence(Tag(GeneralNameKind.DirectoryName))) // explicit, because Name is a CHOICE
        {
            writer.WriteEncodedValue(name);
        }

        return writer.Encode();
    }

    public static (string Keyword, string Value) Describe(GeneralNameKind kind, AsnReader reader) => kind switch
    {
        GeneralNameKind.OtherName => OtherNameText.Describe(reader.ReadSequence(Tag(kind))),
        GeneralNameKind.Rfc822Name => (Email, ReadIa5(reader, kind)),
        GeneralNameKind.DnsName => (Dns, ReadIa5(reader, kind)),
        GeneralNameKind.Uri => (Uri, ReadIa5(reader, kind)),
        GeneralNameKind.DirectoryName => (DirectoryName, ReadDirectory(reader)),
        GeneralNameKind.IpAddress => (Ip, DescribeIp(reader.ReadOctets(Tag(kind)).Span)),
        GeneralNameKind.RegisteredId => (RegisteredId, reader.ReadObjectIdentifier(Tag(kind))),
        GeneralNameKind.X400Address => (X400, Hex(reader)),
        _ => (Edi, Hex(reader)),
    };

    internal static byte[] Write(Action<AsnWriter> write)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        write(writer);
        return writer.Encode();
    }

    internal static byte[] HexBytes(string value) => Convert.FromHexString(value.StartsWith('#') ? value.AsSpan(1) : value);

    private static Asn1Tag Tag(GeneralNameKind kind) => new(TagClass.ContextSpecific, (int)kind);

    private static byte[] WriteIa5(GeneralNameKind kind, string value) => Write(writer => writer.WriteCharacterString(UniversalTagNumber.IA5String, value, Tag(kind)));

    private static string ReadIa5(AsnReader reader, GeneralNameKind kind) => reader.ReadCharacterString(UniversalTagNumber.IA5String, Tag(kind));

    private static string Hex(AsnReader reader) => "#" + Convert.ToHexString(reader.ReadEncodedValue().Span);

    private static string ReadDirectory(AsnReader reader)
    {
        AsnReader field = reader.ReadExplicit((int)GeneralNameKind.DirectoryName);
        string text = DistinguishedName.Decode(field).ToString();
        field.ThrowIfNotEmpty();
        return text;
    }

    private static byte[]? FromHex(string value, GeneralNameKind kind)
    {
        byte[] encoded = HexBytes(value);
        var reader = new AsnReader(encoded, AsnEncodingRules.DER);
        bool fits = reader.PeekTag().HasSameClassAndValue(Tag(kind));
        reader.ReadEncodedValue();
        return fits && !reader.HasData ? encoded : null;
    }

    /// <summary>Four or sixteen octets; other lengths (masks of name constraints, mistakes) have no text.</summary>
    private static string DescribeIp(ReadOnlySpan<byte> octets) =>
        octets.Length is 4 or 16 ? new IPAddress(octets).ToString() : "#" + Convert.ToHexString(octets);

    /// <summary>The platform reads "1" and "0x7f.1" as addresses and takes a zone; here only the plain forms count.</summary>
    private static byte[]? ParseIp(string value)
    {
        if (value.StartsWith('#'))
        {
            return HexBytes(value);
        }

        bool plain = IPAddress.TryParse(value, out IPAddress? address) && !value.Contains('%', StringComparison.Ordinal)
            && (address.AddressFamily == AddressFamily.InterNetworkV6 || address.ToString() == value);
        return plain ? address!.GetAddressBytes() : null;
    }
}
