using System.Formats.Asn1;

namespace Pki.Protocols.Asn1;

/// <summary>The small questions every decoder asks.</summary>
internal static class AsnReaderExtensions
{
    extension(AsnReader reader)
    {
        /// <summary>True when the next value is there and carries this tag, whichever way it is encoded.</summary>
        public bool NextIs(Asn1Tag tag) => reader.HasData && reader.PeekTag().HasSameClassAndValue(tag);

        /// <summary>True when the next value carries the context-specific tag [number].</summary>
        public bool NextIsContext(int number) => reader.NextIs(new Asn1Tag(TagClass.ContextSpecific, number));

        /// <summary>The children of an explicit [number].</summary>
        public AsnReader ReadExplicit(int number) =>
            reader.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, number, isConstructed: true));

        /// <summary>A SET OF in whichever order it comes: senders that forget to sort are common (SCEP.md R-01).</summary>
        public AsnReader ReadUnsortedSet(Asn1Tag? tag = null) => reader.ReadSetOf(skipSortOrderValidation: true, tag);

        /// <summary>A reader of the same encoding rules over other bytes.</summary>
        public AsnReader Over(ReadOnlyMemory<byte> encoded) =>
            new(encoded, reader.RuleSet, new AsnReaderOptions { SkipSetSortOrderVerification = true });

        /// <summary>Time as certificates write it: UTCTime or GeneralizedTime (RFC 5280 §4.1.2.5).</summary>
        public DateTimeOffset ReadTime() =>
            reader.NextIs(Asn1Tag.GeneralizedTime) ? reader.ReadGeneralizedTime() : reader.ReadUtcTime();

        /// <summary>
        /// The next value in DER: as it came when it is DER, re-encoded when a BER sender wrote it with
        /// indefinite lengths or in pieces, because it will be copied into something that must be DER.
        /// </summary>
        public ReadOnlyMemory<byte> ReadValueAsDer() =>
            reader.RuleSet == AsnEncodingRules.DER ? reader.ReadEncodedValue() : DerForm.Of(reader.ReadEncodedValue());

        /// <summary>A BIT STRING that must end on a whole octet, as keys and signatures do.</summary>
        public ReadOnlyMemory<byte> ReadWholeBitString(Asn1Tag? tag = null)
        {
            if (!reader.TryReadPrimitiveBitString(out int unused, out ReadOnlyMemory<byte> value, tag))
            {
                value = reader.ReadBitString(out unused, tag);
            }

            return unused == 0 ? value : throw new AsnContentException("A BIT STRING does not end on an octet.");
        }

        /// <summary>An OCTET STRING, without a copy where it is in one piece.</summary>
        public ReadOnlyMemory<byte> ReadOctets(Asn1Tag? tag = null) =>
            reader.TryReadPrimitiveOctetString(out ReadOnlyMemory<byte> value, tag) ? value : reader.ReadOctetString(tag);
    }

    extension(AsnWriter writer)
    {
        /// <summary>Time as RFC 5280 §4.1.2.5 wants it: UTCTime through 2049, GeneralizedTime from 2050, whole seconds.</summary>
        public void WriteTime(DateTimeOffset value)
        {
            if (value.UtcDateTime.Year is >= 1950 and < 2050)
            {
                writer.WriteUtcTime(value, twoDigitYearMax: 2049);
            }
            else
            {
                writer.WriteGeneralizedTime(value, omitFractionalSeconds: true);
            }
        }
    }
}
