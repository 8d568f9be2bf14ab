using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.Crmf;

namespace Pki.Protocols.Cmp;

/// <summary>A certificate, with the private key when the CA made it.</summary>
/// <param name="Certificate">In the clear or encrypted.</param>
/// <param name="PrivateKey">The private key, encrypted.</param>
/// <param name="Publication">Where the certificate is published.</param>
/// <remarks>
/// RFC 9810 §5.3.4: SEQUENCE { certOrEncCert CertOrEncCert, privateKey [0] EncryptedKey OPTIONAL,
/// publicationInfo [1] PKIPublicationInfo OPTIONAL }. certOrEncCert may begin with [0] too: the position tells them apart.
/// </remarks>
public sealed record CertifiedKeyPair(CertOrEncCert Certificate, EncryptedKey? PrivateKey = null, PkiPublicationInfo? Publication = null) : IAsn1Value<CertifiedKeyPair>
{
    /// <inheritdoc />
    public static CertifiedKeyPair Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var value = new CertifiedKeyPair(
            CertOrEncCert.Decode(fields),
            fields.ReadOptionalExplicit<EncryptedKey>(0),
            fields.ReadOptionalExplicit<PkiPublicationInfo>(1));
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            Certificate.Encode(writer);
            writer.WriteOptionalExplicit(0, PrivateKey);
            writer.WriteOptionalExplicit(1, Publication);
        }
    }
}

/// <summary>A certificate that anybody may read, or only the owner of its key.</summary>
/// <remarks>RFC 9810 §5.3.4: CHOICE { certificate [0] CMPCertificate, encryptedCert [1] EncryptedKey }</remarks>
public abstract record CertOrEncCert : IAsn1Value<CertOrEncCert>
{
    private CertOrEncCert()
    {
    }

    /// <summary>In the clear.</summary>
    /// <param name="Certificate">The certificate.</param>
    public sealed record Clear(CmpCertificate Certificate) : CertOrEncCert
    {
        /// <inheritdoc />
        public override void Encode(AsnWriter writer) => writer.WriteOptionalExplicit(0, Certificate);
    }

    /// <summary>Encrypted to its own key, as a proof of possession (RFC 9810 §5.2.8.3.2).</summary>
    /// <param name="Certificate">The encrypted certificate.</param>
    public sealed record Encrypted(EncryptedKey Certificate) : CertOrEncCert
    {
        /// <inheritdoc />
        public override void Encode(AsnWriter writer) => writer.WriteOptionalExplicit(1, Certificate);
    }

    /// <inheritdoc />
    public static CertOrEncCert Decode(AsnReader reader) =>
        reader.NextIsContext(0) ? new Clear(reader.ReadExplicit<CmpCertificate>(0)) : new Encrypted(reader.ReadExplicit<EncryptedKey>(1));

    /// <inheritdoc />
    public abstract void Encode(AsnWriter writer);
}
