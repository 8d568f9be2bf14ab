using System.Formats.Asn1;
using System.Net;
using System.Text;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;

namespace Pki.Protocols.X509;

/// <summary>The choices of GeneralName: the numbers are the tags (RFC 5280 §4.2.1.6).</summary>
public enum GeneralNameKind
{
    /// <summary>A type of somebody's own: UPN, GUID, Kerberos principal and others.</summary>
    OtherName = 0,

    /// <summary>An e-mail address.</summary>
    Rfc822Name = 1,

    /// <summary>A host name.</summary>
    DnsName = 2,

    /// <summary>An X.400 address; kept as it came.</summary>
    X400Address = 3,

    /// <summary>A distinguished name.</summary>
    DirectoryName = 4,

    /// <summary>An EDI party; kept as it came.</summary>
    EdiPartyName = 5,

    /// <summary>A URI.</summary>
    Uri = 6,

    /// <summary>An IPv4 or IPv6 address.</summary>
    IpAddress = 7,

    /// <summary>An OID.</summary>
    RegisteredId = 8,
}

/// <summary>One alternative name: GeneralName (RFC 5280 §4.2.1.6).</summary>
/// <param name="Kind">Which choice.</param>
/// <param name="Keyword">What the text form calls it (CA_CORE.md §7.1).</param>
/// <param name="Value">The value as text, not escaped; # and hexadecimal for what has no text.</param>
/// <param name="Encoded">The whole choice in DER.</param>
public sealed record GeneralName(GeneralNameKind Kind, string Keyword, string Value, ReadOnlyMemory<byte> Encoded) : IAsn1Value<GeneralName>
{
    /// <summary>A host name.</summary>
    public static GeneralName Dns(string name) => FromText(GeneralNameText.Dns, name).OrThrow();

    /// <summary>An e-mail address.</summary>
    public static GeneralName Email(string address) => FromText(GeneralNameText.Email, address).OrThrow();

    /// <summary>A URI.</summary>
    public static GeneralName FromUri(string value) => FromText(GeneralNameText.Uri, value).OrThrow();

    /// <summary>An address.</summary>
    public static GeneralName Ip(IPAddress address) => FromText(GeneralNameText.Ip, address.ToString()).OrThrow();

    /// <summary>A distinguished name.</summary>
    public static GeneralName Directory(DistinguishedName name) => Read(GeneralNameText.WriteDirectory(name.Encoded.Span));

    /// <summary>Reads keyword and value of the text form, the value not escaped any more.</summary>
    public static Outcome<GeneralName> FromText(string keyword, string value)
    {
        try
        {
            return GeneralNameText.Encode(keyword, value) is { } encoded
                ? Read(encoded)
                : new Refusal(RefusalCode.Malformed, $"The alternative name '{keyword}' has an unknown kind or a value that does not fit it.");
        }
        catch (Exception e) when (e is ArgumentException or FormatException or AsnContentException or OverflowException)
        {
            return new Refusal(RefusalCode.Malformed, $"The alternative name '{keyword}' has a value that does not fit it.");
        }
    }

    /// <inheritdoc />
    public static GeneralName Decode(AsnReader reader)
    {
        Asn1Tag tag = reader.PeekTag();
        if (tag.TagClass != TagClass.ContextSpecific || tag.TagValue > (int)GeneralNameKind.RegisteredId)
        {
            throw new AsnContentException("A general name has a tag that does not exist.");
        }

        ReadOnlyMemory<byte> encoded = reader.ReadValueAsDer();
        var kind = (GeneralNameKind)tag.TagValue;
        (string keyword, string value) = GeneralNameText.Describe(kind, reader.Over(encoded));
        return new(kind, keyword, value, encoded);
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer) => writer.WriteEncodedValue(Encoded.Span);

    /// <summary>The distinguished name; null for a name of another kind.</summary>
    public DistinguishedName? ToDistinguishedName() => Kind == GeneralNameKind.DirectoryName
        ? new AsnReader(Encoded, AsnEncodingRules.BER).ReadExplicit<DistinguishedName>((int)GeneralNameKind.DirectoryName)
        : null;

    /// <summary>Keyword, equals sign and value with commas and backslashes escaped.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Keyword.Length + Value.Length + 1).Append(Keyword).Append('=');
        foreach (char c in Value)
        {
            _ = c is ',' or '\\' ? text.Append('\\').Append(c)
                : char.IsControl(c) ? text.Append('\uFFFD') // a stranger's line end must not end a line of ours; the bytes are in Encoded
                : text.Append(c);
        }

        return text.ToString();
    }

    /// <summary>Same octets.</summary>
    public bool Equals(GeneralName? other) => other is not null && Encoded.Span.SequenceEqual(other.Encoded.Span);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Kind, Value);

    private static GeneralName Read(byte[] encoded) => Decode(new AsnReader(encoded, AsnEncodingRules.DER));
}
