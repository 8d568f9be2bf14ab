using Ca.Core.Issuance;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Store;
using ExtRa.Processing;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace CaServiceWorker.Processors;

/// <summary>
/// Issues a certificate for a PKCS#10 (EXTERNAL_RA.md X-20): parse → issue → answer. Who may have what is decided by
/// the issuer; here is only the translation between the message and the CA.
/// </summary>
internal sealed class PKCS10RequestProcessor(Issuer issuer) : IRequestProcessor<PKCS10Request>
{
    /// <summary>However long ago a legacy worker had begun with it: requests live no longer.</summary>
    public static readonly TimeSpan TakenOverReuse = TimeSpan.FromDays(90);

    // A router that lost the answer begins anew with another transaction; within this time it gets the same certificate (SCEP.md T-11).
    private static readonly TimeSpan ScepReuse = TimeSpan.FromHours(1);

    public async Task<Answer> ProcessAsync(PKCS10Request request, ProcessingContext context, CancellationToken cancel)
    {
        if (!Der.DecodeBer<CertificationRequest>(request.Pkcs10).Succeeded(out CertificationRequest? pkcs10, out Refusal? refusal)
            || !Renewed(request).Succeeded(out RenewedCertificate? renewed, out refusal))
        {
            return new Answer.No(refusal);
        }

        var issuance = new IssuanceRequest
        {
            Actor = context.Actor,
            PlanKey = context.Key,
            CaName = Given(request, request.CaName),
            CertificateProfile = Given(request, request.CertificateProfileName),
            EndEntityProfile = Given(request, request.EndEntityProfileName),
            Username = request.Username,
            SubjectDn = Given(request, request.SubjectDn),
            SubjectAltName = request.SubjectAltName,
            Email = request.Email,
            Request = pkcs10,
            CreateOrEditUser = request.CreateOrEditUser,
            RenewedCertificate = renewed.Certificate,
            ReuseWindow = context.IsTakenOver ? TakenOverReuse : context.Type == MessageType.Scep && renewed.Certificate is null ? ScepReuse : null,
        };
        return Answers.From(
            await issuer.IssueAsync(issuance, context.Work, cancel),
            issued => PKCS10Response.Issued(request.RequestId, issued.Certificate.Encoded.ToArray(), CertsOnly.Encode([issued.Certificate, .. issued.Chain])));
    }

    public Response Refuse(PKCS10Request request, Refusal refusal) => PKCS10Response.Failure(request.RequestId, refusal.Code);

    // A legacy RA leaves empty what is registered already.
    private static string? Given(PKCS10Request request, string text) => text.Length == 0 && !request.CreateOrEditUser ? null : text;

    private static Outcome<RenewedCertificate> Renewed(PKCS10Request request)
    {
        if (request.RenewedCertificate is not { } encoded)
        {
            return new RenewedCertificate(null);
        }

        return Der.DecodeBer<Certificate>(encoded).Succeeded(out Certificate? certificate, out Refusal? refusal)
            ? new RenewedCertificate(certificate)
            : refusal;
    }

    private sealed record RenewedCertificate(Certificate? Certificate);
}
