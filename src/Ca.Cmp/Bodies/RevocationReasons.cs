using System.Formats.Asn1;
using Ca.Cmp.Rules;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.X509;

namespace Ca.Cmp.Bodies;

/// <summary>The reason a revocation gives.</summary>
/// <param name="Value">One that exists.</param>
internal sealed record ReasonGiven(RevocationReason Value);

/// <summary>Reads crlEntryDetails (RFC 5280 §5.3.1: ENUMERATED; CMP-O-42).</summary>
internal static class RevocationReasons
{
    public static Checked<ReasonGiven> Read(RevDetails details)
    {
        CertificateExtension[] reasons = [.. details.CrlEntryDetails.Where(e => e.Oid == Oids.CrlReason)];
        if (reasons.Length > 1)
        {
            return new CmpFailure(PkiFailureInfo.BadRequest, "CMP-O-42", "There is more than one reason.");
        }

        if (reasons.Length == 0)
        {
            return new ReasonGiven(RevocationReason.Unspecified);
        }

        try
        {
            var reader = new AsnReader(reasons[0].Value, AsnEncodingRules.BER);
            ReadOnlyMemory<byte> number = reader.ReadEnumeratedBytes();
            reader.ThrowIfNotEmpty();
            return number.Length == 1 && Enum.IsDefined((RevocationReason)number.Span[0]) ? new ReasonGiven((RevocationReason)number.Span[0]) : Bad(null);
        }
        catch (AsnContentException e)
        {
            return Bad(e.Message);
        }
    }

    private static CmpFailure Bad(string? detail) => new(PkiFailureInfo.BadDataFormat, "CMP-O-42", "The reason does not exist.", detail);
}
