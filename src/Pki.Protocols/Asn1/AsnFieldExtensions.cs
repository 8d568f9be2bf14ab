using System.Formats.Asn1;
using System.Numerics;

namespace Pki.Protocols.Asn1;

/// <summary>
/// Fields as CMP and CRMF write them. CMP's module says EXPLICIT TAGS: [n] wraps the complete value. CRMF's says IMPLICIT
/// TAGS: [n] replaces the tag of a SEQUENCE, but still wraps a CHOICE, which has no tag of its own (X.680 §31.2.7).
/// </summary>
internal static class AsnFieldExtensions
{
    private const int MaxIntegerLength = 64; // as SerialNumber
    internal const byte ConstructedContext = 0xA0;
    private const byte SequenceTag = 0x30;

    extension(AsnReader reader)
    {
        /// <summary>The value inside an explicit [number], which holds nothing else.</summary>
        public T ReadExplicit<T>(int number)
            where T : class, IAsn1Value<T>
        {
            AsnReader wrapper = reader.ReadExplicit(number);
            T value = T.Decode(wrapper);
            wrapper.ThrowIfNotEmpty();
            return value;
        }

        /// <summary>The same, null when the field is absent.</summary>
        public T? ReadOptionalExplicit<T>(int number)
            where T : class, IAsn1Value<T> => reader.NextIsContext(number) ? reader.ReadExplicit<T>(number) : null;

        /// <summary>A SEQUENCE whose tag an implicit [number] replaced; null when the field is absent.</summary>
        public T? ReadOptionalImplicit<T>(int number)
            where T : class, IAsn1Value<T> => reader.NextIsContext(number) ? T.Decode(reader.Over(reader.ReadRetagged(number))) : null;

        /// <summary>A SEQUENCE or nothing, told apart by the tag alone.</summary>
        public T? ReadOptionalSequence<T>()
            where T : class, IAsn1Value<T> => reader.NextIs(Asn1Tag.Sequence) ? T.Decode(reader) : null;

        /// <summary>The octets of a SEQUENCE whose tag an implicit [number] replaced, the tag put back.</summary>
        public ReadOnlyMemory<byte> ReadRetagged(int number)
        {
            byte[] encoded = reader.ReadEncodedValue().ToArray();
            if (encoded[0] != (ConstructedContext | number))
            {
                throw new AsnContentException($"A field [{number}] is not a SEQUENCE.");
            }

            encoded[0] = SequenceTag;
            return encoded;
        }

        /// <summary>A SEQUENCE OF with at least one and at most <paramref name="max"/> values.</summary>
        public IReadOnlyList<T> ReadList<T>(int max, string what)
            where T : class, IAsn1Value<T>
        {
            IReadOnlyList<T> list = reader.ReadListOrEmpty<T>(max, what);
            return list.Count > 0 ? list : throw new AsnContentException($"{what}: there are none."); // SIZE (1..MAX)
        }

        /// <summary>The same, no values accepted as well.</summary>
        public IReadOnlyList<T> ReadListOrEmpty<T>(int max, string what)
            where T : class, IAsn1Value<T>
        {
            AsnReader items = reader.ReadSequence();
            List<T> list = [];
            while (items.HasData)
            {
                LimitExceededException.ThrowIfMore(list.Count + 1, max, what);
                list.Add(T.Decode(items));
            }

            return list;
        }

        /// <summary>
        /// A SEQUENCE OF inside an explicit [number]; empty when the field is absent. A list that is there and empty
        /// breaks SIZE (1..MAX) and is read as absent (CMP_ENGINE.md §1: extraCerts A1 02 30 00).
        /// </summary>
        public IReadOnlyList<T> ReadOptionalExplicitList<T>(int number, int max, string what)
            where T : class, IAsn1Value<T>
        {
            if (!reader.NextIsContext(number))
            {
                return [];
            }

            AsnReader wrapper = reader.ReadExplicit(number);
            IReadOnlyList<T> list = wrapper.ReadListOrEmpty<T>(max, what);
            wrapper.ThrowIfNotEmpty();
            return list;
        }

        /// <summary>An OCTET STRING inside an explicit [number]; null when absent.</summary>
        public ReadOnlyMemory<byte>? ReadOptionalExplicitOctets(int number, int max, string what)
        {
            if (!reader.NextIsContext(number))
            {
                return null;
            }

            AsnReader wrapper = reader.ReadExplicit(number);
            ReadOnlyMemory<byte> value = wrapper.ReadOctets();
            wrapper.ThrowIfNotEmpty();
            LimitExceededException.ThrowIfMore(value.Length, max, what);
            return value;
        }

        /// <summary>An INTEGER of any sign, no longer than a serial number may be.</summary>
        public BigInteger ReadBoundedInteger(Asn1Tag? tag = null)
        {
            ReadOnlyMemory<byte> octets = reader.ReadIntegerBytes(tag);
            LimitExceededException.ThrowIfMore(octets.Length, MaxIntegerLength, "Octets of an INTEGER");
            return new(octets.Span, isBigEndian: true);
        }

        /// <summary>An INTEGER that stands for one of the values 0 to <paramref name="last"/>.</summary>
        public int ReadChoice(int last, string what, Asn1Tag? tag = null) =>
            reader.TryReadInt32(out int value, tag) && value >= 0 && value <= last ? value : throw new AsnContentException($"{what}: no such value.");

        /// <summary>GeneralizedTime in any form of BER: with fractions, trailing zeros, offsets (CMP-E-2).</summary>
        public DateTimeOffset ReadAnyGeneralizedTime()
        {
            try
            {
                return reader.ReadGeneralizedTime();
            }
            catch (ArgumentException e)
            {
                throw new AsnContentException("A time is beyond the calendar.", e); // year 1 with an offset, for example
            }
        }
    }
}
