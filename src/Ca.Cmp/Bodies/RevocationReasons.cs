using System.Formats.Asn1;
using Ca.Cmp.Rules;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.X509;

namespace Ca.Cmp.Bodies;

/// <summary>What a revocation gives for its reason.</summary>
/// <param name="Value">A reason that exists.</param>
/// <param name="InvalidityDate">Since when the key is not to be trusted, whole seconds; null: not said.</param>
internal sealed record ReasonGiven(RevocationReason Value, DateTimeOffset? InvalidityDate);

/// <summary>Reads crlEntryDetails: reasonCode (RFC 5280 §5.3.1), invalidityDate (§5.3.2); CMP-O-42. The codec has seen that neither is there twice.</summary>
internal static class RevocationReasons
{
    public static Checked<ReasonGiven> Read(RevDetails details)
    {
        try
        {
            RevocationReason reason = Find(details, Oids.CrlReason) is { } given ? ReadReason(given) : RevocationReason.Unspecified;
            return new ReasonGiven(reason, Find(details, Oids.InvalidityDate) is { } date ? ReadDate(date) : WholeSeconds(details.BadSinceDate));
        }
        catch (AsnContentException e)
        {
            return new CmpFailure(PkiFailureInfo.BadDataFormat, "CMP-O-42", "The reason or the invalidity date does not exist.", e.Message);
        }
    }

    private static CertificateExtension? Find(RevDetails details, string oid) => details.CrlEntryDetails.FirstOrDefault(e => e.Oid == oid);

    private static RevocationReason ReadReason(CertificateExtension extension)
    {
        var reader = new AsnReader(extension.Value, AsnEncodingRules.BER);
        ReadOnlyMemory<byte> number = reader.ReadEnumeratedBytes();
        reader.ThrowIfNotEmpty();
        return number.Length == 1 && Enum.IsDefined((RevocationReason)number.Span[0]) ? (RevocationReason)number.Span[0] : throw new AsnContentException("There is no such reason.");
    }

    /// <summary>RFC 5280 §4.1.2.5.2: Zulu, with seconds and without fractions. It goes into CRLs.</summary>
    private static DateTimeOffset ReadDate(CertificateExtension extension)
    {
        var reader = new AsnReader(extension.Value, AsnEncodingRules.DER);
        DateTimeOffset date = reader.ReadGeneralizedTime();
        reader.ThrowIfNotEmpty();
        return WholeSeconds(date) == date ? date : throw new AsnContentException("The invalidity date has fractions of a second.");
    }

    private static DateTimeOffset? WholeSeconds(DateTimeOffset? time) => time?.AddTicks(-(time.Value.Ticks % TimeSpan.TicksPerSecond));
}
