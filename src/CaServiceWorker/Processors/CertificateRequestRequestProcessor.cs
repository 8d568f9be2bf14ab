using Ca.Core.Issuance;
using ExtRa.Messages.Contract;
using ExtRa.Processing;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace CaServiceWorker.Processors;

/// <summary>
/// Certifies a key for an end entity: by its secret, or, where the end entity is added or edited, by the rights of the
/// RA (EXTERNAL_RA.md X-25). Everything about the request is checked before anything is signed (FLAWS.md E8).
/// </summary>
internal sealed class CertificateRequestRequestProcessor(Issuer issuer) : IRequestProcessor<CertificateRequestRequest>
{
    private const int Certificate = 0;
    private const int Pkcs7 = 1;
    private const int Pkcs7WithChain = 2;

    public async Task<Answer> ProcessAsync(CertificateRequestRequest request, ProcessingContext context, CancellationToken cancel)
    {
        if (!RequestedKeys.Read(request.RequestType, request.RequestData).Succeeded(out RequestedKey? key, out Refusal? refusal)
            || (refusal = Check(request)) is not null)
        {
            return new Answer.No(refusal);
        }

        var issuance = new IssuanceRequest
        {
            Actor = context.Actor,
            PlanKey = context.Key,
            CaName = request.CaName,
            CertificateProfile = request.CertificateProfileName,
            EndEntityProfile = request.EndEntityProfileName,
            Username = request.Username,
            SubjectDn = request.SubjectDn,
            SubjectAltName = request.SubjectAltName,
            Email = request.Email,
            Request = key,
            CreateOrEditUser = request.CreateOrEditUser,
            Secret = request.CreateOrEditUser ? null : request.Password,
            ReuseWindow = context.IsTakenOver ? PKCS10RequestProcessor.TakenOverReuse : null,
        };
        return Answers.From(
            await issuer.IssueAsync(issuance, context.Work, cancel),
            issued => CertificateRequestResponse.Issued(request.RequestId, request.ResponseType, FormOf(request.ResponseType, issued)));
    }

    public Response Refuse(CertificateRequestRequest request, Refusal refusal) => CertificateRequestResponse.Failure(request.RequestId, refusal.Code);

    private static Refusal? Check(CertificateRequestRequest request) => request switch
    {
        { ResponseType: < Certificate or > Pkcs7WithChain } => new(RefusalCode.Malformed, $"responseType {request.ResponseType} does not exist."),
        { CertificateSerialNo: not null } => new(RefusalCode.PolicyViolation, "Serial numbers are drawn by the CA."),
        { CreateOrEditUser: true, SubjectDn: null or "" } => new(RefusalCode.Malformed, "subjectDn is missing."),
        { CreateOrEditUser: true, CaName: null } => new(RefusalCode.Malformed, "caName is missing."),
        { CreateOrEditUser: true, EndEntityProfileName: null } => new(RefusalCode.Malformed, "endEntityProfileName is missing."),
        { CreateOrEditUser: true, CertificateProfileName: null } => new(RefusalCode.Malformed, "certificateProfileName is missing."),
        { CreateOrEditUser: false, Password: null } => new(RefusalCode.NotAuthorized, "The end entity's secret is missing."),
        _ => null,
    };

    private static byte[] FormOf(int responseType, Issued issued) => responseType switch
    {
        Pkcs7 => CertsOnly.Encode([issued.Certificate]),
        Pkcs7WithChain => CertsOnly.Encode([issued.Certificate, .. issued.Chain]),
        _ => issued.Certificate.Encoded.ToArray(),
    };
}
