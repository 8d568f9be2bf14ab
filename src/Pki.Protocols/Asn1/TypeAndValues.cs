using System.Formats.Asn1;

namespace Pki.Protocols.Asn1;

/// <summary>
/// What CMS and certification requests both call an attribute (RFC 5652 §5.3, RFC 2986 §4.1): SEQUENCE { type OBJECT
/// IDENTIFIER, values SET OF ANY }.
/// </summary>
internal static class TypeAndValues
{
    private const int MaxValues = 64;

    public static (string Oid, IReadOnlyList<ReadOnlyMemory<byte>> Values) Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        string oid = fields.ReadObjectIdentifier();
        AsnReader set = fields.ReadUnsortedSet();
        fields.ThrowIfNotEmpty();
        List<ReadOnlyMemory<byte>> values = [];
        while (set.HasData)
        {
            values.Add(set.ReadEncodedValue());
            LimitExceededException.ThrowIfMore(values.Count, MaxValues, "Values of an attribute");
        }

        return (oid, values);
    }

    public static void Encode(AsnWriter writer, string oid, IReadOnlyList<ReadOnlyMemory<byte>> values)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(oid);
            using (writer.PushSetOf())
            {
                foreach (ReadOnlyMemory<byte> value in values)
                {
                    writer.WriteEncodedValue(value.Span);
                }
            }
        }
    }
}
