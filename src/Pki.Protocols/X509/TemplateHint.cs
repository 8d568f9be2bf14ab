using System.Formats.Asn1;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.X509;

/// <summary>
/// Microsoft's two ways to name a certificate template. They are hints: one that does not decode is no reason to
/// refuse the request, it is just not there.
/// </summary>
internal static class TemplateHint
{
    /// <summary>1.3.6.1.4.1.311.20.2: a BMPString; strongSwan writes a UTF8String.</summary>
    public static string? ReadName(CertificateExtension extension) => Read(extension, Asn1Text.Read);

    /// <summary>1.3.6.1.4.1.311.21.7: SEQUENCE { templateID OBJECT IDENTIFIER, majorVersion, minorVersion OPTIONAL }</summary>
    public static string? ReadId(CertificateExtension extension) => Read(extension, reader => reader.ReadSequence().ReadObjectIdentifier());

    private static string? Read(CertificateExtension extension, Func<AsnReader, string> read)
    {
        try
        {
            return read(extension.Open());
        }
        catch (AsnContentException)
        {
            return null;
        }
    }
}
