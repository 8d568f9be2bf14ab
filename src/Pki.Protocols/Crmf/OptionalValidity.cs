using System.Formats.Asn1;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.Crmf;

/// <summary>The validity wanted; either end may be left to the CA.</summary>
/// <param name="NotBefore">From when; null when left open.</param>
/// <param name="NotAfter">Until when; null when left open.</param>
/// <remarks>RFC 4211 §5: SEQUENCE { notBefore [0] Time OPTIONAL, notAfter [1] Time OPTIONAL }; Time is a CHOICE, so its tags are explicit.</remarks>
public sealed record OptionalValidity(DateTimeOffset? NotBefore, DateTimeOffset? NotAfter) : IAsn1Value<OptionalValidity>
{
    /// <inheritdoc />
    public static OptionalValidity Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var value = new OptionalValidity(ReadEnd(fields, 0), ReadEnd(fields, 1));
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            WriteEnd(writer, 0, NotBefore);
            WriteEnd(writer, 1, NotAfter);
        }
    }

    private static DateTimeOffset? ReadEnd(AsnReader fields, int number)
    {
        if (!fields.NextIsContext(number))
        {
            return null;
        }

        AsnReader wrapper = fields.ReadExplicit(number);
        DateTimeOffset time = wrapper.NextIs(Asn1Tag.GeneralizedTime) ? wrapper.ReadAnyGeneralizedTime() : wrapper.ReadTime();
        wrapper.ThrowIfNotEmpty();
        return time;
    }

    private static void WriteEnd(AsnWriter writer, int number, DateTimeOffset? time)
    {
        if (time is { } value)
        {
            using (writer.PushExplicit(number))
            {
                writer.WriteTime(value);
            }
        }
    }
}
