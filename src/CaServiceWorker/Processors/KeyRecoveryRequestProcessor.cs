using Ca.Core.Issuance;
using Ca.Core.Recovery;
using ExtRa.Messages.Contract;
using ExtRa.Processing;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace CaServiceWorker.Processors;

/// <summary>Hands out a key that the CA keeps (EXTERNAL_RA.md X-22).</summary>
internal sealed class KeyRecoveryRequestProcessor(KeyEscrow escrow) : IRequestProcessor<KeyRecoveryRequest>
{
    private const int Pkcs12Token = 2;

    public async Task<Answer> ProcessAsync(KeyRecoveryRequest request, ProcessingContext context, CancellationToken cancel)
    {
        if (KeyStorePackage.CheckPassword(request.Password) is { } useless)
        {
            return new Answer.No(useless);
        }

        if (!request.ReuseCertificate && request is not { SubjectDn: not null, EndEntityProfileName: not null, CertificateProfileName: not null, CaName: not null })
        {
            return new Answer.No(new(RefusalCode.Malformed, "A new certificate needs subjectDn, endEntityProfileName, certificateProfileName and caName."));
        }

        var order = new RecoveryOrder
        {
            Actor = context.Actor,
            Username = request.Username,
            IssuerDn = request.IssuerDn,
            Serial = request.CertificateSn,
            NewCertificate = request.ReuseCertificate ? null : NewCertificate(request, context),
        };
        return Answers.From(await escrow.RecoverAsync(order, context.Work, cancel), store => Pack(request, store));
    }

    private static IssuanceRequest NewCertificate(KeyRecoveryRequest request, ProcessingContext context) => new()
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
        Request = RequestedKey.MadeHere,
        CreateOrEditUser = true,
        TokenType = Pkcs12Token,
        KeyRecoverable = true,
    };

    private static PKCS12Response Pack(KeyRecoveryRequest request, KeyStore store)
    {
        using (store)
        {
            return PKCS12Response.Issued(request.RequestId, KeyStorePackage.ToPkcs12(store, request.Password, request.Username));
        }
    }
}
