using Pki.Protocols.Asn1;
using Pki.Protocols.Cms;
using Pki.Protocols.X509;

namespace Pki.Protocols.Scep;

/// <summary>What a request asks for: the decrypted content, by message type (RFC 8894 §3.3).</summary>
public abstract record ScepBody
{
    private ScepBody()
    {
    }

    /// <summary>Reads the body of a type of request; null when it is not such a body.</summary>
    internal static ScepBody? Read(MessageType type, ReadOnlyMemory<byte> content) => type switch
    {
        MessageType.PkcsReq or MessageType.RenewalReq => ReadEnrolment(content),
        MessageType.CertPoll => Read<IssuerAndSubject>(content) is { } names ? new Poll(names) : null,
        MessageType.GetCert => Read<IssuerAndSerialNumber>(content) is { } certificate ? new CertificateQuery(certificate) : null,
        MessageType.GetCrl => Read<IssuerAndSerialNumber>(content) is { } certificate ? new CrlQuery(certificate) : null,
        _ => null,
    };

    private static Enrolment? ReadEnrolment(ReadOnlyMemory<byte> content)
    {
        CertificationRequest? request = Read<CertificationRequest>(content);
        bool isProven = request is null ? RequestDecoy.Verify(content.Span) : request.VerifySignature();
        return request is not null && isProven ? new Enrolment(request) : null;
    }

    private static T? Read<T>(ReadOnlyMemory<byte> content)
        where T : class, IAsn1Value<T> => Der.DecodeBer<T>(content).Succeeded(out T? value, out _) ? value : null;

    /// <summary>PKCSReq and RenewalReq: the request, whose own signature is right (SCEP.md R-02).</summary>
    /// <param name="Request">The PKCS #10.</param>
    public sealed record Enrolment(CertificationRequest Request) : ScepBody;

    /// <summary>CertPoll.</summary>
    /// <param name="Names">What the client waits for; a hint at best (SCEP.md T-03).</param>
    public sealed record Poll(IssuerAndSubject Names) : ScepBody;

    /// <summary>GetCert.</summary>
    /// <param name="Wanted">Which certificate.</param>
    public sealed record CertificateQuery(IssuerAndSerialNumber Wanted) : ScepBody;

    /// <summary>GetCRL.</summary>
    /// <param name="About">A certificate the CRL would tell about.</param>
    public sealed record CrlQuery(IssuerAndSerialNumber About) : ScepBody;
}
