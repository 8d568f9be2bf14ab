using Ca.Cmp.Rules;
using Ca.Core.Issuance;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.X509;

namespace Ca.Cmp.Bodies;

/// <summary>p10cr: a certificate by PKCS #10, whose own signature is the proof of possession (RFC 9810 §5.3.4; CMP-C-25, O-3).</summary>
internal sealed class Pkcs10Body(TransactionRules rules, Enroller enroller) : IRequestBody
{
    public IReadOnlyList<PkiBodyKind> Kinds { get; } = [PkiBodyKind.Pkcs10Request];

    public Task<CmpFailure?> CheckAsync(Exchange exchange, CancellationToken cancel) => rules.CheckFirstAsync(exchange, cancel);

    public async Task<Reply> DecideAsync(Exchange exchange, CancellationToken cancel)
    {
        CertificationRequest request = ((PkiBody.Pkcs10)exchange.Message.Body).Request;
        CmpFailure? objection = !request.VerifySignature() ? new(PkiFailureInfo.BadPop, "CMP-C-25", "The signature of the PKCS #10 is not right.")
            : request.AsksForCa || request.AsksToSpeakForCa ? TemplateRules.NoSpokesmen
            : null;
        if (objection is not null)
        {
            return Reject(exchange, objection);
        }

        var wanted = new Wanted(RequestedKey.Of(request), request.Subject, request.SubjectAltName?.ToString(), Validity: null);
        return await enroller.EnrolAsync(exchange, new(PkiBodyKind.CertificationResponse, CertRequest.IdOfPkcs10, wanted), cancel);
    }

    public Reply Reject(Exchange exchange, CmpFailure failure) => Reply.Rejection(PkiBodyKind.CertificationResponse, CertRequest.IdOfPkcs10, failure);

    public WaitingFor Waiting(Exchange exchange) => WaitingFor.Certificate(PkiBodyKind.CertificationResponse, CertRequest.IdOfPkcs10);
}
