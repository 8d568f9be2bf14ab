using System.Formats.Asn1;

namespace Pki.Protocols.Asn1;

/// <summary>The writing side of <see cref="AsnFieldExtensions"/>.</summary>
internal static class AsnFieldWriterExtensions
{
    extension(AsnWriter writer)
    {
        /// <summary>Opens an explicit [number].</summary>
        public AsnWriter.Scope PushExplicit(int number) => writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, number, isConstructed: true));

        /// <summary>The value inside an explicit [number]; nothing when it is absent.</summary>
        public void WriteOptionalExplicit<T>(int number, T? value)
            where T : class, IAsn1Value<T>
        {
            if (value is not null)
            {
                using (writer.PushExplicit(number))
                {
                    value.Encode(writer);
                }
            }
        }

        /// <summary>A SEQUENCE with its tag replaced by [number]; nothing when it is absent.</summary>
        public void WriteOptionalImplicit<T>(int number, T? value)
            where T : class, IAsn1Value<T>
        {
            if (value is not null)
            {
                writer.WriteRetagged(number, Der.Encode(value));
            }
        }

        /// <summary>The octets of a SEQUENCE with the tag replaced by [number].</summary>
        public void WriteRetagged(int number, ReadOnlySpan<byte> sequence)
        {
            byte[] encoded = sequence.ToArray();
            encoded[0] = (byte)(AsnFieldExtensions.ConstructedContext | number);
            writer.WriteEncodedValue(encoded);
        }

        /// <summary>A value that is encoded already; nothing when it is absent.</summary>
        public void WriteEncodedValueIfAny(ReadOnlyMemory<byte>? encoded)
        {
            if (encoded is { } value)
            {
                writer.WriteEncodedValue(value.Span);
            }
        }

        /// <summary>A SEQUENCE OF.</summary>
        public void WriteList<T>(IEnumerable<T> values)
            where T : class, IAsn1Value<T>
        {
            using (writer.PushSequence())
            {
                foreach (T value in values)
                {
                    value.Encode(writer);
                }
            }
        }

        /// <summary>A SEQUENCE OF inside an explicit [number]; nothing when there are no values.</summary>
        public void WriteOptionalExplicitList<T>(int number, IReadOnlyList<T> values)
            where T : class, IAsn1Value<T>
        {
            if (values.Count > 0)
            {
                using (writer.PushExplicit(number))
                {
                    writer.WriteList(values);
                }
            }
        }

        /// <summary>An OCTET STRING inside an explicit [number]; nothing when absent.</summary>
        public void WriteOptionalExplicitOctets(int number, ReadOnlyMemory<byte>? value)
        {
            if (value is { } octets)
            {
                using (writer.PushExplicit(number))
                {
                    writer.WriteOctetString(octets.Span);
                }
            }
        }
    }
}
