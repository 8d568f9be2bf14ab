using System.Formats.Asn1;
using Ca.Core.Certificates;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Ca.Core.Issuance;

/// <summary>
/// Reads the very bytes that are about to be signed and holds them against RFC 5280. There is no throw-away signature
/// over a twin: the linted bytes are the signed bytes, so there is nothing that could differ.
/// </summary>
internal static class Linter
{
    private static readonly Asn1Tag VersionTag = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag ExtensionsTag = new(TagClass.ContextSpecific, 3);
    private static readonly DateTimeOffset GeneralizedFrom = new(2050, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The first flaw of an end entity certificate; null when it is sound.</summary>
    public static string? Check(ReadOnlyMemory<byte> tbs, IssuanceOrder order, SignatureAlgorithm algorithm) =>
        Check(tbs, new(order.Ca.Certificate.Subject, order.Ca.Certificate, order.Request.Request.PublicKey, algorithm, CertificateType.EndEntity));

    /// <summary>The first flaw; null when it is sound.</summary>
    public static string? Check(ReadOnlyMemory<byte> tbs, LintTarget target)
    {
        try
        {
            var outer = new AsnReader(tbs, AsnEncodingRules.DER);
            AsnReader fields = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            return CheckHead(fields, target) ?? CheckBody(fields, target);
        }
        catch (AsnContentException e)
        {
            return "it is not DER: " + e.Message;
        }
    }

    /// <summary>RFC 5280 §4.1.2.1 to §4.1.2.4.</summary>
    private static string? CheckHead(AsnReader fields, LintTarget target)
    {
        if (!fields.ReadSequence(VersionTag).TryReadInt32(out int version) || version != 2)
        {
            return "the version is not v3 (§4.1.2.1).";
        }

        ReadOnlyMemory<byte> serial = fields.ReadIntegerBytes();
        if (serial.Length > 20 || (serial.Span[0] & 0x80) != 0 || serial.Span.IndexOfAnyExcept((byte)0) < 0)
        {
            return "the serial number is not positive or has more than 20 octets (§4.1.2.2).";
        }

        if (!fields.ReadEncodedValue().Span.SequenceEqual(Der.Encode(target.Algorithm)))
        {
            return "the signature algorithm is not the one it will be signed with (§4.1.2.3).";
        }

        return fields.ReadEncodedValue().Span.SequenceEqual(target.Issuer.Encoded.Span) && !target.Issuer.IsEmpty
            ? null
            : "the issuer is not, octet by octet, the subject of the signing certificate (§4.1.2.4).";
    }

    /// <summary>RFC 5280 §4.1.2.5 to §4.1.2.9.</summary>
    private static string? CheckBody(AsnReader fields, LintTarget target)
    {
        AsnReader validity = fields.ReadSequence();
        if (ReadTime(validity) is not { } notBefore || ReadTime(validity) is not { } notAfter)
        {
            return "a date is not UTCTime up to 2049 and GeneralizedTime in whole seconds from 2050 (§4.1.2.5).";
        }

        if (notAfter <= notBefore || (target.Signer is { } signer && (notAfter > signer.NotAfter || notBefore < signer.NotBefore)))
        {
            return "the validity is empty, or beyond that of the CA (§4.1.2.5).";
        }

        DistinguishedName subject = DistinguishedName.Decode(fields);
        if (!SubjectPublicKey.Decode(fields).SameKeyAs(target.Key))
        {
            return "the public key is not that of the request.";
        }

        if (!fields.HasData)
        {
            return "it has no extensions.";
        }

        IReadOnlyList<CertificateExtension> extensions = CertificateExtension.DecodeList(fields.ReadSequence(ExtensionsTag));
        fields.ThrowIfNotEmpty();
        return LintExtensions.Check(extensions, subject, target);
    }

    /// <summary>Null: the wrong type for the year, or fractions of a second.</summary>
    private static DateTimeOffset? ReadTime(AsnReader reader)
    {
        bool utc = reader.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime);
        DateTimeOffset time = utc ? reader.ReadUtcTime() : reader.ReadGeneralizedTime();
        return utc == time < GeneralizedFrom && time.Ticks % TimeSpan.TicksPerSecond == 0 ? time : null;
    }
}

/// <summary>What the certificate must fit.</summary>
/// <param name="Issuer">Name of the signer.</param>
/// <param name="Signer">Certificate of the signer; null for a self-signed one.</param>
/// <param name="Key">The key that is certified.</param>
/// <param name="Algorithm">What it will be signed with.</param>
/// <param name="Type">CA or end entity.</param>
internal sealed record LintTarget(DistinguishedName Issuer, Certificate? Signer, SubjectPublicKey Key, SignatureAlgorithm Algorithm, CertificateType Type);
