using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cmp;

/// <summary>Which CRL the requester has: an element of crlStatusList.</summary>
/// <param name="Source">Whose CRL.</param>
/// <param name="ThisUpdate">thisUpdate of the newest one the requester has; null when there is none.</param>
/// <remarks>RFC 9810 §5.3.19.17: CRLStatus ::= SEQUENCE { source CRLSource, thisUpdate Time OPTIONAL }</remarks>
public sealed record CrlStatus(CrlSource Source, DateTimeOffset? ThisUpdate = null) : IAsn1Value<CrlStatus>
{
    /// <inheritdoc />
    public static CrlStatus Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var value = new CrlStatus(
            CrlSource.Decode(fields),
            fields.NextIs(Asn1Tag.GeneralizedTime) ? fields.ReadAnyGeneralizedTime() : fields.HasData ? fields.ReadTime() : null);
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            Source.Encode(writer);
            if (ThisUpdate is { } time)
            {
                writer.WriteTime(time);
            }
        }
    }
}

/// <summary>Names a CRL by where it is distributed or by who issues it. Nothing is ever fetched from there (CMP-L-2).</summary>
/// <remarks>
/// RFC 9810 §5.3.19.17: CHOICE { dpn [0] DistributionPointName, issuer [1] GeneralNames }, both explicit;
/// RFC 5280 §4.2.1.13, implicit: DistributionPointName ::= CHOICE { fullName [0] GeneralNames, nameRelativeToCRLIssuer [1] RelativeDistinguishedName }
/// </remarks>
public abstract record CrlSource : IAsn1Value<CrlSource>
{
    private CrlSource()
    {
    }

    /// <summary>By the names of the distribution point.</summary>
    /// <param name="Names">fullName.</param>
    public sealed record DistributionPoint(GeneralNames Names) : CrlSource
    {
        /// <inheritdoc />
        public override void Encode(AsnWriter writer)
        {
            using (writer.PushExplicit(0))
            {
                writer.WriteOptionalImplicit(0, Names);
            }
        }
    }

    /// <summary>By a distribution point's name below its issuer's, which nobody uses.</summary>
    /// <param name="Encoded">The DistributionPointName with its tag [1], as it came.</param>
    public sealed record RelativeDistributionPoint(ReadOnlyMemory<byte> Encoded) : CrlSource
    {
        /// <inheritdoc />
        public override void Encode(AsnWriter writer)
        {
            using (writer.PushExplicit(0))
            {
                writer.WriteEncodedValue(Encoded.Span);
            }
        }
    }

    /// <summary>By the issuer's names.</summary>
    /// <param name="Names">The issuer.</param>
    public sealed record Issuer(GeneralNames Names) : CrlSource
    {
        /// <inheritdoc />
        public override void Encode(AsnWriter writer) => writer.WriteOptionalExplicit(1, Names);
    }

    /// <inheritdoc />
    public static CrlSource Decode(AsnReader reader)
    {
        if (reader.NextIsContext(1))
        {
            return new Issuer(reader.ReadExplicit<GeneralNames>(1));
        }

        AsnReader wrapper = reader.ReadExplicit(0);
        CrlSource source = wrapper.ReadOptionalImplicit<GeneralNames>(0) is { } names ? new DistributionPoint(names)
            : wrapper.NextIsContext(1) ? new RelativeDistributionPoint(wrapper.ReadEncodedValue())
            : throw new AsnContentException("A DistributionPointName has a tag that does not exist.");
        wrapper.ThrowIfNotEmpty();
        return source;
    }

    /// <inheritdoc />
    public abstract void Encode(AsnWriter writer);
}
