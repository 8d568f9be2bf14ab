using System.Formats.Asn1;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.Cmp;

/// <summary>A CA announces its new key.</summary>
/// <remarks>
/// RFC 9810 §5.3.13: CAKeyUpdContent ::= CHOICE { cAKeyUpdAnnV2 CAKeyUpdAnnContent, cAKeyUpdAnnV3 [0] RootCaKeyUpdateContent }
/// </remarks>
public abstract record CaKeyUpdate : IAsn1Value<CaKeyUpdate>
{
    private CaKeyUpdate()
    {
    }

    /// <summary>The form of RFC 4210, deprecated.</summary>
    /// <param name="OldWithNew">The old key, signed with the new one.</param>
    /// <param name="NewWithOld">The new key, signed with the old one.</param>
    /// <param name="NewWithNew">The new key, signed with itself.</param>
    /// <remarks>RFC 4210 §5.3.13: CAKeyUpdAnnContent ::= SEQUENCE { oldWithNew, newWithOld, newWithNew CMPCertificate }</remarks>
    public sealed record Version2(CmpCertificate OldWithNew, CmpCertificate NewWithOld, CmpCertificate NewWithNew) : CaKeyUpdate
    {
        /// <inheritdoc />
        public override void Encode(AsnWriter writer) => writer.WriteList([OldWithNew, NewWithOld, NewWithNew]);
    }

    /// <summary>The form of RFC 9480; needs pvno 3 (RFC 9810 §7).</summary>
    /// <param name="Content">The certificates.</param>
    public sealed record Version3(RootCaKeyUpdateContent Content) : CaKeyUpdate
    {
        /// <inheritdoc />
        public override void Encode(AsnWriter writer) => writer.WriteOptionalExplicit(0, Content);
    }

    /// <inheritdoc />
    public static CaKeyUpdate Decode(AsnReader reader)
    {
        if (reader.NextIsContext(0))
        {
            return new Version3(reader.ReadExplicit<RootCaKeyUpdateContent>(0));
        }

        AsnReader fields = reader.ReadSequence();
        var value = new Version2(CmpCertificate.Decode(fields), CmpCertificate.Decode(fields), CmpCertificate.Decode(fields));
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <inheritdoc />
    public abstract void Encode(AsnWriter writer);
}

/// <summary>A root's new certificate and those that connect it to the old one. Also the value of rootCaKeyUpdate.</summary>
/// <param name="NewWithNew">The new root.</param>
/// <param name="NewWithOld">The new key, signed with the old one.</param>
/// <param name="OldWithNew">The old key, signed with the new one.</param>
/// <remarks>
/// RFC 9810 §5.3.19.15: SEQUENCE { newWithNew CMPCertificate, newWithOld [0] CMPCertificate OPTIONAL, oldWithNew [1] CMPCertificate OPTIONAL }
/// </remarks>
public sealed record RootCaKeyUpdateContent(CmpCertificate NewWithNew, CmpCertificate? NewWithOld = null, CmpCertificate? OldWithNew = null) : IAsn1Value<RootCaKeyUpdateContent>
{
    /// <inheritdoc />
    public static RootCaKeyUpdateContent Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var value = new RootCaKeyUpdateContent(
            CmpCertificate.Decode(fields),
            fields.ReadOptionalExplicit<CmpCertificate>(0),
            fields.ReadOptionalExplicit<CmpCertificate>(1));
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            NewWithNew.Encode(writer);
            writer.WriteOptionalExplicit(0, NewWithOld);
            writer.WriteOptionalExplicit(1, OldWithNew);
        }
    }
}
