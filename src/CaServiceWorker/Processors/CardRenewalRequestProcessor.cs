using Ca.Core.Issuance;
using ExtRa.Messages.Contract;
using ExtRa.Processing;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace CaServiceWorker.Processors;

/// <summary>Renews the two certificates of a card.</summary>
internal sealed class CardRenewalRequestProcessor(CardRenewer renewer) : IRequestProcessor<CardRenewalRequest>
{
    private const int NotGiven = -1;

    public async Task<Answer> ProcessAsync(CardRenewalRequest request, ProcessingContext context, CancellationToken cancel)
    {
        if (!Read(request.AuthCert, request.AuthPkcs10, request.AuthProfile, request.AuthCa).Succeeded(out CardCertificate? authentication, out Refusal? refusal)
            || !Read(request.SignCert, request.SignPkcs10, request.SignProfile, request.SignCa).Succeeded(out CardCertificate? signature, out refusal))
        {
            return new Answer.No(refusal);
        }

        var order = new CardRenewalOrder(context.Actor, context.Key, authentication, signature);
        return Answers.From(
            await renewer.RenewAsync(order, context.Work, cancel),
            card => CardRenewalResponse.Issued(request.RequestId, card.Authentication.Encoded.ToArray(), card.Signature.Encoded.ToArray()));
    }

    private static Outcome<CardCertificate> Read(byte[] certificate, byte[] pkcs10, int profile, int ca) =>
        DerText.Read(certificate, "CERTIFICATE").Succeeded(out byte[]? der, out Refusal? refusal)
        && Der.DecodeBer<Certificate>(der).Succeeded(out Certificate? old, out refusal)
        && DerText.Read(pkcs10, "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST").Succeeded(out der, out refusal)
        && Der.DecodeBer<CertificationRequest>(der).Succeeded(out CertificationRequest? request, out refusal)
            ? new CardCertificate(old, request, Given(profile), Given(ca))
            : refusal;

    private static int? Given(int id) => id == NotGiven ? null : id;
}
