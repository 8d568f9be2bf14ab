using System.Formats.Asn1;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.X509;

/// <summary>Why a certificate is revoked (RFC 5280 §5.3.1). 7 is not used.</summary>
#pragma warning disable CA1027 // Not flags: that 7 is missing makes the analyzer think so.
public enum RevocationReason
#pragma warning restore CA1027
{
    /// <summary>Nobody said. Never written into a CRL.</summary>
    Unspecified = 0,

    /// <summary>The private key is in other hands.</summary>
    KeyCompromise = 1,

    /// <summary>The CA's key is in other hands.</summary>
    CACompromise = 2,

    /// <summary>The subject belongs elsewhere now.</summary>
    AffiliationChanged = 3,

    /// <summary>There is a newer certificate.</summary>
    Superseded = 4,

    /// <summary>It is not needed any more.</summary>
    CessationOfOperation = 5,

    /// <summary>Suspended; the only state that can be left.</summary>
    CertificateHold = 6,

    /// <summary>Delta CRLs only: take it off the list.</summary>
    RemoveFromCrl = 8,

    /// <summary>A right it states is gone.</summary>
    PrivilegeWithdrawn = 9,

    /// <summary>The attribute authority's key is in other hands.</summary>
    AACompromise = 10,
}

/// <summary>One entry of a CRL (RFC 5280 §5.1.2.6, §5.3).</summary>
/// <param name="Serial">Which certificate.</param>
/// <param name="RevokedAt">Since when; whole seconds.</param>
/// <param name="Reason">Why. Unspecified is written by leaving the extension out.</param>
/// <param name="InvalidityDate">Since when the key is suspected; null when not stated.</param>
public sealed record RevokedCertificate(
    SerialNumber Serial, DateTimeOffset RevokedAt, RevocationReason Reason = RevocationReason.Unspecified, DateTimeOffset? InvalidityDate = null)
    : IAsn1Value<RevokedCertificate>
{
    // A CRL has a hundred thousand entries and ten different reasons.
    private static readonly byte[][] ReasonExtensions = [.. Enumerable.Range(0, 11).Select(reason => Der.Encode(CertificateExtensions.ReasonCode((RevocationReason)reason)))];

    /// <inheritdoc />
    public static RevokedCertificate Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        SerialNumber serial = SerialNumber.Decode(fields);
        DateTimeOffset at = fields.ReadTime();
        var entry = new RevokedCertificate(serial, at);
        if (fields.HasData)
        {
            foreach (CertificateExtension extension in CertificateExtension.DecodeList(fields))
            {
                entry = entry.With(extension);
            }
        }

        fields.ThrowIfNotEmpty();
        return entry;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            Serial.Encode(writer);
            writer.WriteTime(RevokedAt);
            if (Reason == RevocationReason.Unspecified && InvalidityDate is null)
            {
                return;
            }

            using (writer.PushSequence())
            {
                if (Reason != RevocationReason.Unspecified)
                {
                    writer.WriteEncodedValue(ReasonExtensions[(int)Reason]);
                }

                if (InvalidityDate is { } date)
                {
                    CertificateExtensions.InvalidityDate(date).Encode(writer);
                }
            }
        }
    }

    private RevokedCertificate With(CertificateExtension extension)
    {
        switch (extension.Oid)
        {
            case Oids.CrlReason:
                return this with { Reason = extension.Open().ReadEnumeratedValue<RevocationReason>() };
            case Oids.InvalidityDate:
                return this with { InvalidityDate = extension.Open().ReadGeneralizedTime() };
            default:
                // RFC 5280 §5.3: above all certificateIssuer, which would give the entry to another issuer.
                return extension.Critical ? throw new AsnContentException($"A CRL entry has the unknown critical extension {extension.Oid}.") : this;
        }
    }
}
