using Ca.Core.Certificates;
using ExtRa.Messages.Contract;
using ExtRa.Processing;
using Pki.Protocols.X509;

namespace CaServiceWorker.Processors;

/// <summary>Revokes, holds and releases (EXTERNAL_RA.md X-24).</summary>
internal sealed class RevocationRequestProcessor(Revoker revoker) : IRequestProcessor<RevocationRequest>
{
    private const int NotRevoked = -1; // how legacy peers release from hold (WIRE.md 7.7)

    public async Task<Answer> ProcessAsync(RevocationRequest request, ProcessingContext context, CancellationToken cancel)
    {
        var order = new RequestedRevocation
        {
            Actor = context.Actor,
            IssuerDn = Given(request.IssuerDn),
            Serial = Given(request.CertificateSn),
            Username = Given(request.Username),
            Reason = request.RevocationReason == NotRevoked ? RevocationReason.RemoveFromCrl : (RevocationReason)request.RevocationReason,
            Scope = ScopeOf(request),
        };
        return Answers.From(await revoker.RevokeRequestedAsync(order, context.Work, cancel), _ => ExtRAResponse.Done(request.RequestId));
    }

    private static RevocationScope ScopeOf(RevocationRequest request) => request switch
    {
        { RevokeUser: true } => RevocationScope.User,
        { RevokeAll: true } => RevocationScope.AllCertificates,
        _ => RevocationScope.Certificate,
    };

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
