using System.Formats.Asn1;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.X509;

/// <summary>
/// The otherNames with a text form (CA_CORE.md §7.1): upn, guid, krb5principal (RFC 4556 §3.2.2), permanentIdentifier
/// (RFC 4043), xmppAddr (RFC 6120), srvName (RFC 4985). Any other is otherName=OID;#hexadecimal of its value.
/// </summary>
internal static class OtherNameText
{
    private const int PrincipalNameType = 1; // KRB5-NT-PRINCIPAL, RFC 4120 §6.2

    private static readonly Asn1Tag Context0 = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag Context1 = new(TagClass.ContextSpecific, 1);

    public static byte[]? Encode(string keyword, string value) => keyword.ToUpperInvariant() switch
    {
        "UPN" => Wrap(Oids.UserPrincipalName, writer => writer.WriteCharacterString(UniversalTagNumber.UTF8String, value)),
        "GUID" => Guid(value) is { } octets ? Wrap(Oids.NtdsReplication, writer => writer.WriteOctetString(octets)) : null,
        "KRB5PRINCIPAL" => value.LastIndexOf('@') is > 0 and var at ? Wrap(Oids.Krb5PrincipalName, writer => WritePrincipal(writer, value[..at], value[(at + 1)..])) : null,
        "PERMANENTIDENTIFIER" => Wrap(Oids.PermanentIdentifier, writer => WritePermanentIdentifier(writer, value)),
        "XMPPADDR" => Wrap(Oids.XmppAddress, writer => writer.WriteCharacterString(UniversalTagNumber.UTF8String, value)),
        "SRVNAME" => Wrap(Oids.ServiceName, writer => writer.WriteCharacterString(UniversalTagNumber.IA5String, value)),
        "OTHERNAME" => value.IndexOf(';', StringComparison.Ordinal) is > 0 and var end
            ? Wrap(value[..end], writer => writer.WriteEncodedValue(GeneralNameText.HexBytes(value[(end + 1)..])))
            : null,
        _ => null,
    };

    /// <param name="fields">OtherName: SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY }</param>
    public static (string Keyword, string Value) Describe(AsnReader fields)
    {
        string oid = fields.ReadObjectIdentifier();
        AsnReader value = fields.ReadExplicit(0);
        fields.ThrowIfNotEmpty();
        ReadOnlyMemory<byte> encoded = value.ReadEncodedValue();
        value.ThrowIfNotEmpty();
        try
        {
            if (Known(oid, value.Over(encoded)) is { } known)
            {
                return known;
            }
        }
        catch (AsnContentException)
        {
            // Not what its OID promises. It is kept raw: what it means is for whoever knows the type to say.
        }

        return ("otherName", $"{oid};#{Convert.ToHexString(encoded.Span)}");
    }

    private static (string Keyword, string Value)? Known(string oid, AsnReader value) => oid switch
    {
        Oids.UserPrincipalName => ("upn", Asn1Text.Read(value)),
        Oids.NtdsReplication => ("guid", Convert.ToHexStringLower(value.ReadOctets().Span)),
        Oids.Krb5PrincipalName => ("krb5principal", ReadPrincipal(value)),
        Oids.PermanentIdentifier => ("permanentIdentifier", ReadPermanentIdentifier(value)),
        Oids.XmppAddress => ("xmppAddr", Asn1Text.Read(value)),
        Oids.ServiceName => ("srvName", Asn1Text.Read(value)),
        _ => null,
    };

    private static byte[]? Guid(string value)
    {
        string hex = value.Replace("-", "", StringComparison.Ordinal);
        return hex.Length == 32 ? Convert.FromHexString(hex) : null;
    }

    private static byte[] Wrap(string oid, Action<AsnWriter> value) => GeneralNameText.Write(writer =>
    {
        using (writer.PushSequence(Context0))
        {
            writer.WriteObjectIdentifier(oid);
            using (writer.PushSequence(Context0))
            {
                value(writer);
            }
        }
    });

    /// <summary>KRB5PrincipalName: SEQUENCE { realm [0] GeneralString, principalName [1] SEQUENCE { name-type [0], name-string [1] SEQUENCE OF } }</summary>
    private static void WritePrincipal(AsnWriter writer, string name, string realm)
    {
        using (writer.PushSequence())
        {
            Explicit(writer, Context0, () => WriteGeneralString(writer, realm));
            Explicit(writer, Context1, () =>
            {
                using (writer.PushSequence())
                {
                    Explicit(writer, Context0, () => writer.WriteInteger(PrincipalNameType));
                    Explicit(writer, Context1, () =>
                    {
                        using (writer.PushSequence())
                        {
                            foreach (string part in name.Split('/'))
                            {
                                WriteGeneralString(writer, part);
                            }
                        }
                    });
                }
            });
        }
    }

    private static string ReadPrincipal(AsnReader value)
    {
        AsnReader fields = value.ReadSequence();
        string realm = ReadGeneralString(fields.ReadExplicit(0));
        AsnReader principal = fields.ReadExplicit(1).ReadSequence();
        principal.ReadExplicit(0).ReadIntegerBytes();
        AsnReader parts = principal.ReadExplicit(1).ReadSequence();
        List<string> names = [];
        while (parts.HasData)
        {
            names.Add(ReadGeneralString(parts));
        }

        return $"{string.Join('/', names)}@{realm}";
    }

    /// <summary>The BCL writes no GeneralString; its octets are those of an IA5String under another tag.</summary>
    private static void WriteGeneralString(AsnWriter writer, string text)
    {
        byte[] encoded = GeneralNameText.Write(inner => inner.WriteCharacterString(UniversalTagNumber.IA5String, text));
        encoded[0] = (byte)UniversalTagNumber.GeneralString;
        writer.WriteEncodedValue(encoded);
    }

    private static string ReadGeneralString(AsnReader reader)
    {
        if (reader.PeekTag() != new Asn1Tag(UniversalTagNumber.GeneralString))
        {
            throw new AsnContentException("A GeneralString is expected here.");
        }

        string text = System.Text.Encoding.Latin1.GetString(reader.PeekContentBytes().Span);
        reader.ReadEncodedValue();
        return text;
    }

    /// <summary>PermanentIdentifier: SEQUENCE { identifierValue UTF8String OPTIONAL, assigner OBJECT IDENTIFIER OPTIONAL }; text: value/assigner.</summary>
    private static void WritePermanentIdentifier(AsnWriter writer, string value)
    {
        int slash = value.LastIndexOf('/');
        (string identifier, string assigner) = slash < 0 ? (value, "") : (value[..slash], value[(slash + 1)..]);
        using (writer.PushSequence())
        {
            if (identifier.Length > 0)
            {
                writer.WriteCharacterString(UniversalTagNumber.UTF8String, identifier);
            }

            if (assigner.Length > 0)
            {
                writer.WriteObjectIdentifier(assigner);
            }
        }
    }

    private static string ReadPermanentIdentifier(AsnReader value)
    {
        AsnReader fields = value.ReadSequence();
        string identifier = fields.HasData && Asn1Text.IsText(fields.PeekTag()) ? Asn1Text.Read(fields) : "";
        string assigner = fields.HasData ? fields.ReadObjectIdentifier() : "";
        fields.ThrowIfNotEmpty();
        return $"{identifier}/{assigner}";
    }

    private static void Explicit(AsnWriter writer, Asn1Tag tag, Action content)
    {
        using (writer.PushSequence(tag))
        {
            content();
        }
    }
}
